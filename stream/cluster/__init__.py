"""What one process is too little for: archives watched piece by piece, on all cores of a machine or of several."""

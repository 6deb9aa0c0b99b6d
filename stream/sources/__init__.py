"""Where frames come from: cameras, recordings, pictures."""

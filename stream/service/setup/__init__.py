"""What a watch is set up with, changed while it runs and kept for its next start: cameras, zones, retention."""

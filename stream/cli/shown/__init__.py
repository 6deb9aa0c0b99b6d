"""What the commands about evidence and visits show on a terminal."""

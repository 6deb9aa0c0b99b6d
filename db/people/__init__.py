"""People and the pictures by which they are known."""

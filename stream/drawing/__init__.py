"""What is drawn on a picture."""

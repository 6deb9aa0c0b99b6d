"""What the user wants of a watch: options, each declared once, and the file that may say them."""

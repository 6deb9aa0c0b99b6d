"""What is doubtful about the people enrolled."""

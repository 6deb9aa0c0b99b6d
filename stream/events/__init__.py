"""What is told and kept of those who were seen."""

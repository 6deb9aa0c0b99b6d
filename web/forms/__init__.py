"""What pages with forms have in common."""

"""What people have decided by hand, and how it is taken back."""

"""The landmark network."""

"""Cameras watched by the machines of a Ray cluster."""

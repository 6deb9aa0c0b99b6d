"""Faces that were seen and have no name, in groups, kept where the user wants it."""

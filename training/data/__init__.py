"""Labelled data, and what is done to it."""

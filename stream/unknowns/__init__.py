"""Strangers: what is kept of them, and which of their stays are one face's."""

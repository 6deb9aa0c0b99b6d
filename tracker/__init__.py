"""Follows boxes through time and gives them ids; knows nothing of faces or images."""

from tracker.tracker import Track, Tracker

__all__ = ["Track", "Tracker"]

"""Follows boxes through time and gives them ids; knows nothing of faces or images."""

from tracker.kalman import Motion
from tracker.tracker import EVERYWHERE, Track, Tracker, boxes_of

__all__ = ["EVERYWHERE", "Motion", "Track", "Tracker", "boxes_of"]

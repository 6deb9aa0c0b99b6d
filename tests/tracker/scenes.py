"""Faces that move, for the tests of the tracker."""

import numpy as np

from tracker import Motion, Track, Tracker

FPS = 30.0


def box(x: float, y: float = 100.0, side: float = 40.0) -> list[float]:
    return [x - side / 2, y - side / 2, x + side / 2, y + side / 2]


def feed(tracker: Tracker, boxes: list[list[float]], t: float, scores: list[float] | None = None) -> list[int]:
    return [int(i) for i in tracker.update(boxes, scores or [0.9] * len(boxes), t)]


def slide(pixels: float, since: float, until: float, growth: float = 1.0) -> Motion:
    """A motion to the right that is nearly certain."""
    return Motion(since, until, np.array([pixels, 0.0]), growth, noise=0.001)


def assert_same(first: list[Track], second: list[Track]) -> None:
    assert [(a.id, a.score, a.started, a.seen, a.hits) for a in first] == [
        (b.id, b.score, b.started, b.seen, b.hits) for b in second
    ]
    np.testing.assert_allclose([a.box for a in first], [b.box for b in second])

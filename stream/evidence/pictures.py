"""Is a face a picture's? A photograph, a poster or a frozen screen moves as a plane does, and never changes."""

from collections import deque
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face

Floats = NDArray[np.float32]

WINDOW = 12  # looks at a track that are compared, the latest
LEAST = 6  # looks, before anything is decided
SPAN = 5.0  # seconds between the first and the last of them, at least
APART = 0.9  # seconds between two looks that are compared: at once the living look like themselves, too
ALIKE = 0.985  # cosine, the median over pairs: living heads reach .981 within ten seconds, stills seldom less than .99
MOVES = 0.975  # below it what was taken for a picture is a person
PLANE = 0.015  # eye distances by which points may be off a plane's motion, root mean square
UNDECIDED = 12.0  # seconds in which a new track is looked at more often


class Pictures:
    """Decides from the looks at the tracks of one source which are pictures; nothing is done for a frame without one.

    Measured with the shipped networks only. It is no protection: whoever wants to deceive moves a screen that plays.
    """

    def __init__(self) -> None:
        self._looks: dict[int, deque[tuple[float, Floats, Floats]]] = {}
        self._began: dict[int, float] = {}
        self._shown: set[int] = set()

    def note(self, track: int, t: float, face: Face) -> bool:
        """A track was looked at, at time `t` in seconds; returns whether it has just turned out to be a picture."""
        if face.embedding is None or face.landmarks is None:
            return False
        looks = self._looks.setdefault(track, deque(maxlen=WINDOW))
        looks.append((t, face.landmarks, face.embedding))
        self._began.setdefault(track, t)
        before = track in self._shown
        alike = likeness(looks)
        if alike is None:
            return False
        if alike >= (MOVES if before else ALIKE) and off_plane([points for _, points, _ in looks]) <= PLANE:
            self._shown.add(track)
        else:
            self._shown.discard(track)
        return track in self._shown and not before

    def shows(self, track: int) -> bool:
        """Whether a track is a picture's face."""
        return track in self._shown

    def undecided(self, t: float) -> set[int]:
        """The tracks that are to be looked at more often for now."""
        return {track for track, began in self._began.items() if t - began < UNDECIDED and track not in self._shown}

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        for track in [track for track in self._began if track not in tracks]:
            del self._looks[track], self._began[track]
            self._shown.discard(track)


def likeness(looks: Collection[tuple[float, Floats, Floats]]) -> float | None:
    """How alike looks stay over seconds, as the median cosine of pairs of them; None where they are too few."""
    times = np.array([t for t, _, _ in looks])
    if len(times) < LEAST or times[-1] - times[0] < SPAN:
        return None
    vectors = np.stack([embedding for _, _, embedding in looks])
    one, other = np.triu_indices(len(times), 1)
    apart = times[other] - times[one] >= APART
    return float(np.median((vectors @ vectors.T)[one, other][apart]))


def off_plane(points: list[Floats]) -> float:
    """By how much five points (5, 2) of several looks move otherwise than a plane's, in eye distances.

    A plane's points, seen from afar, are affine images of one another: all coordinates together, each look's about its
    middle, have rank 2 (Tomasi and Kanade, IJCV 1992); what goes beyond is told, root mean square over points.
    """
    seen = np.stack(points).astype(np.float64)
    eyes = np.linalg.norm(seen[:, 1] - seen[:, 0], axis=1)
    centred = (seen - seen.mean(axis=1, keepdims=True)) / np.maximum(eyes, 1e-6)[:, None, None]
    values = np.linalg.svd(centred.transpose(0, 2, 1).reshape(-1, 5), compute_uv=False)
    return float(np.sqrt((values[2:] ** 2).sum() / (5 * len(seen))))

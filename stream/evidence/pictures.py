"""Is a face a picture's? A photograph, a poster or a frozen screen moves as a plane does, and never changes."""

import statistics
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face
from tracker.association import iou

Floats = NDArray[np.float32]

WINDOW = 12  # looks at a track that are compared, the latest
LEAST = 6  # looks, before anything is decided
SPAN = 5.0  # seconds between the first and the last of them, at least
APART = 0.9  # seconds between two looks that are compared: at once the living look like themselves, too
ALIKE = 0.985  # cosine, the median over pairs: living heads reach .981 within ten seconds, stills seldom less than .99
MOVES = 0.975  # below it what was taken for a picture is a person
PLANE = 0.015  # eye distances by which points may be off a plane's motion, root mean square
UNDECIDED = 12.0  # seconds in which a new track is looked at more often
SCORED = 2  # looks by which the user's network is believed, as many as a name needs
SAME_PLACE = 0.5  # intersection over union of a picture's box and that of a face which is found there again
PLACES = 50  # pictures that were lost, the latest


class Looked(NamedTuple):
    """A look at time `t` in seconds: the face's points (5, 2) in pixels, and its embedding (512,)."""

    t: float
    points: Floats
    embedding: Floats


@dataclass(slots=True, eq=False)
class _Seen:
    """What was seen of a track.

    Attributes:
        began: time of the first look in seconds.
        box: (4,) of the newest, in pixels.
        looks: the newest.
        scores: of liveness, likewise.
        was: whether it was a picture's after the look before; or is where one was, and looks like it.
        is_picture: whether it is one's now.
    """

    began: float
    box: Floats
    looks: deque[Looked] = field(default_factory=lambda: deque(maxlen=WINDOW))
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    was: bool = False
    is_picture: bool = False


class PictureFinder:
    """Decides from the looks at the tracks of one source which are pictures; nothing is done for a frame without one.

    A picture that was lost is one at once when it is found again at the same place. One that is tilted far to and fro
    is missed, by its looks, not by its points: taken together with these, the living are as alike. Measured with the
    shipped networks only. It is no protection: whoever wants to deceive moves a screen that plays.

    Args:
        live: score of liveness from which a face is a living one; None where no network is asked.
    """

    def __init__(self, live: float | None = None) -> None:
        self._live = live
        self._tracks: dict[int, _Seen] = {}
        self._lost: deque[_Seen] = deque(maxlen=PLACES)

    def note(self, track: int, t: float, face: Face) -> bool:
        """A track was looked at, at time `t` in seconds; returns whether it has just turned out to be a picture."""
        if face.embedding is None or face.landmarks is None:
            return False
        seen = self._tracks.get(track)
        if seen is None:
            seen = self._tracks[track] = self._found_again(t, face.box, face.embedding) or _Seen(t, face.box)
        seen.looks.append(Looked(t, face.landmarks, face.embedding))
        seen.box = face.box
        if face.liveness is not None:
            seen.scores.append(face.liveness)
        before = seen.is_picture
        seen.is_picture = seen.was = self._is_flat(seen) or self._is_lifeless(seen)
        return seen.is_picture and not before

    def shows(self, track: int) -> bool:
        """Whether a track is a picture's face."""
        return track in self._tracks and self._tracks[track].is_picture

    def undecided(self, t: float) -> set[int]:
        """The tracks that are to be looked at more often for now."""
        return {track for track, seen in self._tracks.items() if t - seen.began < UNDECIDED and not seen.is_picture}

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these, and of pictures only that they are there no more."""
        for track in [track for track in self._tracks if track not in tracks]:
            seen = self._tracks.pop(track)
            if seen.is_picture:
                self._lost.append(seen)

    def _found_again(self, t: float, box: Floats, embedding: Floats) -> _Seen | None:
        """What was seen of a picture that was lost where a face is now that looks like it."""
        for seen in reversed(self._lost):
            alike = np.stack([look.embedding for look in seen.looks]) @ embedding
            if alike.min() >= MOVES and overlap(seen.box, box) >= SAME_PLACE:
                self._lost.remove(seen)
                return _Seen(t, box, seen.looks, seen.scores, was=True)
        return None

    def _is_flat(self, seen: _Seen) -> bool:
        """Whether it moves as a plane does, and stays as it is."""
        alike = likeness(seen.looks)
        if alike is None or alike < (MOVES if seen.was else ALIKE):
            return False
        return off_plane([look.points for look in seen.looks]) <= PLANE

    def _is_lifeless(self, seen: _Seen) -> bool:
        """Whether the user's network says so, usually."""
        return self._live is not None and len(seen.scores) >= SCORED and statistics.median(seen.scores) < self._live


class NoPictures:
    """Stands for a `PictureFinder` where every face is a person's."""

    def note(self, track: int, t: float, face: Face) -> bool:  # noqa: ARG002 - the names of the other
        """A track was looked at; it is no picture."""
        return False

    def shows(self, track: int) -> bool:  # noqa: ARG002 - likewise
        """No track is a picture's face."""
        return False

    def undecided(self, t: float) -> set[int]:  # noqa: ARG002 - likewise
        """None needs to be looked at more often."""
        return set()

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""


NO_PICTURES = NoPictures()


def overlap(one: Floats, other: Floats) -> float:
    """Intersection over union of two boxes (4,)."""
    return float(iou(one[None].astype(np.float64), other[None].astype(np.float64))[0, 0])


def likeness(looks: Collection[Looked]) -> float | None:
    """How alike looks stay over seconds, as the median cosine of pairs of them; None where they are too few."""
    times = np.array([look.t for look in looks])
    if len(times) < LEAST or times[-1] - times[0] < SPAN:
        return None
    vectors = np.stack([look.embedding for look in looks])
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

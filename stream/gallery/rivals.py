"""One name, one face: of tracks that are seen side by side only one can be a certain person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.gallery.identity import Identity


@dataclass(frozen=True, slots=True)
class _Lost:
    """A person's name, lost to a track of whom the evidence was so similar (cosine)."""

    person: int
    to: int
    similarity: float


def one_name_each(identities: Sequence[Identity], boxes: Sequence[NDArray[np.float32]]) -> list[Identity]:
    """The faces of one picture in boxes (N, 4), the most similar of those with one name with it, the others without."""
    rivals = Rivals()
    everybody = dict(enumerate(identities))
    rivals.note(dict(enumerate(boxes)), doubted=())
    rivals.compare(everybody, margin=0.0)
    return [one.without_name() if rivals.has_lost(face) else one for face, one in everybody.items()]


class Rivals:
    """Which tracks go without a name, since another that was found by the same search has it."""

    def __init__(self) -> None:
        self._beside: dict[int, set[int]] = {}  # by track, those that were last found beside it, not upon it
        self._owned: dict[int, int] = {}  # the person whose name a track has
        self._lost: dict[int, _Lost] = {}

    def has_lost(self, track: int) -> bool:
        """Whether the track goes without the name that its evidence gives it."""
        return track in self._lost

    def note(self, found: Mapping[int, NDArray[np.float32]], doubted: Collection[int]) -> None:
        """Take in the tracks that one search has found: they are as many faces, but where one lies upon another.

        Args:
            found: their boxes (4,); a detector may find a face twice.
            doubted: tracks that may have passed to another face: what was known of them does not hold any more.
        """
        for track in doubted:
            for other in self._beside.pop(track, ()):
                self._beside[other].discard(track)
            self.withdraw(track)
        if not found:
            return
        boxes = np.stack(list(found.values())).astype(np.float64)
        for track, overlaps in zip(found, _upon(boxes), strict=True):
            over = {other for other, does in zip(found, overlaps, strict=True) if does}
            self._beside[track] = self._beside.get(track, set()) - over | found.keys() - over

    def compare(self, identities: Mapping[int, Identity], margin: float) -> None:
        """Give each name to the track with the best evidence of those that were seen side by side.

        Args:
            identities: of all tracks there are, each by its own evidence alone.
            margin: cosine by which another must be ahead of the track that has the name so far.
        """
        before, self._owned = self._owned, {}
        named = [(track, one, one.person.id) for track, one in identities.items() if one.person and one.name]

        def likeness(track: int, identity: Identity, person: int) -> float:
            return (identity.similarity or 0.0) + (margin if before.get(track) == person else 0.0)

        lost: dict[int, _Lost] = {}
        for track, identity, person in sorted(named, key=lambda one: likeness(*one), reverse=True):
            beside = self._beside.get(track, ())
            owner = next((other for other, owned in self._owned.items() if owned == person and other in beside), None)
            if owner is not None:
                lost[track] = _Lost(person, owner, identities[owner].similarity or 0.0)
            elif self._is_still_lost(track, identity, person, identities):
                lost[track] = self._lost[track]
            else:
                self._owned[track] = person
        self._lost = lost

    def withdraw(self, track: int) -> None:
        """A track stands in nobody's way any more: names that were lost to it are free."""
        self._lost = {loser: lost for loser, lost in self._lost.items() if lost.to != track}

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        self._beside = {track: beside & set(tracks) for track, beside in self._beside.items() if track in tracks}

    def _is_still_lost(self, track: int, identity: Identity, person: int, tracks: Collection[int]) -> bool:
        """Whether the one who has left with the name was more like its person."""
        lost = self._lost.get(track)
        if lost is None or lost.person != person or lost.to in tracks:
            return False
        return (identity.similarity or 0.0) <= lost.similarity


def _upon(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of (N, 4) boxes may show the same face, as (N, N): the middle of one lies in the other.

    A detector finds a face twice with its head around it, or in part; those who stand close only touch.
    """
    middles = (boxes[:, None, :2] + boxes[:, None, 2:]) / 2
    within = ((boxes[:, :2] <= middles) & (middles <= boxes[:, 2:])).all(axis=2)
    return np.asarray(within | within.T)

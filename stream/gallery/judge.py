"""Who the tracks of one source are: the evidence of each, those who left a moment ago, and one name for one face."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from db import Match, Person
from models.analysis import Face
from stream.gallery.identity import GallerySearch, Identity, Rule, TrackEvidence, is_back, shows_another, weigh
from stream.gallery.rivals import Rivals
from tracker import Track


@dataclass(frozen=True, slots=True)
class _Left:
    """A named track that ended at time `t`, and the mean (512,) of what was seen of it."""

    t: float
    person: Person
    mean: NDArray[np.float32]


class Judge:
    """Weighs the looks at every track, and knows those again who left a moment ago.

    Args:
        search: the people nearest to each of (Q, 512) unit vectors, best first.
        rule: the rule in force, asked for at every look, since it changes with the gallery.
        generation: the gallery's, which is another whenever that has changed; by default it is not followed.
    """

    def __init__(
        self, search: GallerySearch, rule: Callable[[], Rule], generation: Callable[[], int] = lambda: 0
    ) -> None:
        self.generation = generation
        self._search = search
        self._in_force = rule
        self._rule = rule()
        self._tracks: dict[int, TrackEvidence] = {}
        self._left: dict[int, _Left] = {}  # by person
        self._rivals = Rivals()

    def identity(self, track: int) -> Identity:
        """What is thought of this track now."""
        identity = self.evidence(track).identity
        return identity.without_name() if self._rivals.has_lost(track) else identity

    def evidence(self, track: int) -> TrackEvidence:
        """What the looks at this track have shown."""
        return self._tracks.get(track, TrackEvidence())

    @property
    def rule(self) -> Rule:
        """The rule by which the last look was weighed."""
        return self._rule

    def is_settled(self, track: int) -> bool:
        """Whether the track has a name, and its last look did not speak against it."""
        return self.identity(track).name is not None and not self._tracks[track].unlike

    def is_another(self, track: int, face: Face, doubted: bool) -> bool:
        """Whether a look shows somebody else than the track has shown so far; see `shows_another`."""
        evidence = self.evidence(track)
        return shows_another(evidence, face, doubted, self._search, self._rule)

    def weigh(self, track: int, face: Face, t: float) -> Identity:
        """Take one look at a track's face into account, at time `t` in seconds."""
        self._rule = self._in_force()
        before = self.evidence(track)
        after = weigh(before, face, self._search, self._rule)
        if not before.looks and self._is_back(after, t):
            after = replace(after, identity=replace(after.identity, state="named"), agreed=self._rule.agree)
        self._tracks[track] = after
        return self.identity(track)

    def tell_apart(self, tracks: Sequence[Track], doubted: Collection[int]) -> list[Identity]:
        """Who each of all the tracks there are is: of faces that are seen side by side only one has a name.

        Args:
            doubted: the tracks that may have passed to another face since the last look that told something.
        """
        latest = max((track.seen for track in tracks), default=0.0)
        found = {track.id: track.box for track in tracks if track.seen == latest and not track.misses}
        self._rivals.note({track: box for track, box in found.items() if track not in doubted}, doubted)
        identities = {track.id: self.evidence(track.id).identity for track in tracks}
        self._rivals.compare(identities, self._rule.margin)
        return [self.identity(track.id) for track in tracks]

    def withdraw(self, track: int) -> None:
        """A track is a picture's: it has taken nobody's name, however like its person it is."""
        self._rivals.withdraw(track)

    def keep(self, tracks: Collection[int], t: float) -> None:
        """Forget every track but these, which has ended by time `t` in seconds; those with a name somewhat later."""
        for track in [track for track in self._tracks if track not in tracks]:
            identity = self.identity(track)
            evidence = self._tracks.pop(track)
            if identity.person and identity.name:
                self._left[identity.person.id] = _Left(t, identity.person, evidence.mean())
        self._left = {person: one for person, one in self._left.items() if t - one.t < self._rule.back_within}
        self._rivals.keep(tracks)

    def _is_back(self, first: TrackEvidence, t: float) -> bool:
        """Whether a first look shows somebody who left a moment ago, and is nowhere else."""
        person = first.identity.person
        if person is None:
            return False
        identities = [self.identity(track) for track in self._tracks]
        here = {identity.person.id for identity in identities if identity.person and identity.name}
        left = [
            Match(one.person, float(one.mean @ first.mean()))
            for one in self._left.values()
            if t - one.t < self._rule.back_within and one.person.id not in here
        ]
        left.sort(key=lambda match: match.similarity, reverse=True)
        return is_back(person, left, self._rule)

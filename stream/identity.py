"""Who a track is: evidence gathered over its looks, and a decision that can say "I do not know"."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from db import Match, Person
from models.analysis import Face

State = Literal["unknown", "probable", "named"]
Search = Callable[[NDArray[np.float32]], list[list[Match]]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What is thought of a track.

    Attributes:
        person: who it is or probably is; None in the state "unknown".
        similarity: cosine of the evidence and the nearest person, whoever that is; None without evidence.
        refused: why the track's face was last not looked at.
    """

    state: State = "unknown"
    person: Person | None = None
    similarity: float | None = None
    refused: str | None = None

    @property
    def name(self) -> str | None:
        """The name to show: only one that is sure enough."""
        return self.person.name if self.person and self.state == "named" else None


UNKNOWN = Identity()


@dataclass(frozen=True, slots=True)
class Rule:
    """When a track gets a name, and when it loses it.

    Attributes:
        threshold: cosine that the evidence must reach.
        margin: cosine by which the nearest person must be ahead of the next.
        agree: looks in a row that must point to the same person; as many unlike the rest mean somebody else.
        slack: cosine below the threshold down to which a name is kept and a look counts as being of the same face.
        best: looks that make the evidence, the best by quality.
    """

    threshold: float
    margin: float = 0.05
    agree: int = 2
    slack: float = 0.05
    best: int = 5


def candidate(matches: Sequence[Match], rule: Rule) -> Person | None:
    """The person that the matches (best first) point to, if they point to one clearly."""
    if not matches or matches[0].similarity < rule.threshold:
        return None
    ahead = matches[0].similarity - matches[1].similarity if len(matches) > 1 else np.inf
    return matches[0].person if ahead >= rule.margin else None


def decide(before: Identity, streak: int, matches: Sequence[Match], rule: Rule) -> tuple[Identity, int]:
    """The next identity of a track and its count of agreeing looks, from the people nearest to its evidence."""
    if not matches:
        return UNKNOWN, 0
    nearest = matches[0]
    before_id = before.person.id if before.person else None
    kept = before.state == "named" and nearest.person.id == before_id
    if kept and nearest.similarity >= rule.threshold - rule.slack:
        return Identity("named", nearest.person, nearest.similarity), streak
    person = candidate(matches, rule)
    if person is None:
        return Identity("unknown", None, nearest.similarity), 0
    streak = streak + 1 if person.id == before_id else 1
    return Identity("named" if streak >= rule.agree else "probable", person, nearest.similarity), streak


@dataclass(slots=True)
class _Evidence:
    """The best looks at a track: their unit vectors and qualities."""

    looks: list[tuple[float, NDArray[np.float32]]] = field(default_factory=list)
    unlike: int = 0
    streak: int = 0
    identity: Identity = UNKNOWN

    def mean(self) -> NDArray[np.float32]:
        """Quality-weighted mean direction (512,)."""
        total = np.sum([quality * embedding for quality, embedding in self.looks], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)

    def add(self, quality: float, embedding: NDArray[np.float32], rule: Rule) -> bool:
        """Take a look in; False where it is unlike the others and is left aside for now."""
        if self.looks and float(self.mean() @ embedding) < rule.threshold - rule.slack:
            self.unlike += 1
            if self.unlike < rule.agree:
                return False
            # The track has passed to somebody else (or had begun with a bad look): what was known does not hold.
            self.looks, self.streak, self.identity = [], 0, UNKNOWN
        self.unlike = 0
        self.looks.append((max(quality, 1e-3), embedding))
        self.looks.sort(key=lambda look: look[0], reverse=True)
        del self.looks[rule.best :]
        return True


class Judge:
    """Weighs the looks at every track.

    Args:
        search: the people nearest to each of (Q, 512) unit vectors, best first.
    """

    def __init__(self, search: Search, rule: Rule) -> None:
        self._search = search
        self._rule = rule
        self._tracks: dict[int, _Evidence] = {}

    def identity(self, track: int) -> Identity:
        """What is thought of this track now."""
        evidence = self._tracks.get(track)
        return evidence.identity if evidence else UNKNOWN

    def weigh(self, track: int, face: Face) -> Identity:
        """Take one look at a track's face into account."""
        evidence = self._tracks.setdefault(track, _Evidence())
        if face.embedding is None:
            evidence.identity = replace(evidence.identity, refused=face.refused)
        elif evidence.add(face.quality, face.embedding, self._rule):
            matches = self._search(evidence.mean()[None])[0]
            evidence.identity, evidence.streak = decide(evidence.identity, evidence.streak, matches, self._rule)
        return evidence.identity

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        self._tracks = {track: evidence for track, evidence in self._tracks.items() if track in tracks}

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
        clear: cosine above the threshold, and ahead of the next person, from which one look is as good as several.
        slack: cosine below the threshold down to which a name is kept and a look counts as being of the same face.
        best: looks that make the evidence, the best by quality.
        back_within: seconds within which whoever has left is known again at the first look; 0: never.
    """

    threshold: float
    margin: float = 0.05
    agree: int = 2
    clear: float = 0.2
    slack: float = 0.05
    best: int = 5
    back_within: float = 10.0

    @property
    def for_one_look(self) -> "Rule":
        """The stricter rule by which a single look is enough."""
        return replace(self, threshold=self.threshold + self.clear, margin=max(self.margin, self.clear))


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
    sure = streak >= rule.agree or candidate(matches, rule.for_one_look) is not None
    return Identity("named" if sure else "probable", person, nearest.similarity), streak


def returned(left: Sequence[Match], matches: Sequence[Match], rule: Rule) -> Person | None:
    """The person among those who have just left that a first look shows, if it shows one clearly.

    Args:
        left: those who have left, with the similarity of the look to what was seen of them, best first.
        matches: the people of the gallery nearest to the look.
    """
    if not left or left[0].similarity < rule.threshold - rule.slack:
        return None
    best = left[0]
    others = [match.similarity for match in (*left[1:], *matches) if match.person.id != best.person.id]
    return best.person if best.similarity - max(others, default=-np.inf) >= rule.margin else None


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

    def is_unlike(self, embedding: NDArray[np.float32], rule: Rule) -> bool:
        """Whether a look seems to be of somebody else than the others."""
        return bool(self.looks) and float(self.mean() @ embedding) < rule.threshold - rule.slack

    def add(self, quality: float, embedding: NDArray[np.float32], rule: Rule) -> bool:
        """Take a look in; False where it is unlike the others and is left aside for now."""
        if self.is_unlike(embedding, rule):
            self.unlike += 1
            if self.unlike < rule.agree:
                return False
            # The track had begun with a bad look: what was known does not hold.
            self.looks, self.streak, self.identity = [], 0, UNKNOWN
        self.unlike = 0
        self.looks.append((max(quality, 1e-3), embedding))
        self.looks.sort(key=lambda look: look[0], reverse=True)
        del self.looks[rule.best :]
        return True


@dataclass(frozen=True, slots=True)
class _Left:
    """A named track that ended at time `t`."""

    t: float
    person: Person
    evidence: _Evidence


class Judge:
    """Weighs the looks at every track, and knows those again who left a moment ago.

    Args:
        search: the people nearest to each of (Q, 512) unit vectors, best first.
        rule: the rule in force, asked for at every look, since it changes with the gallery.
    """

    def __init__(self, search: Search, rule: Callable[[], Rule]) -> None:
        self._search = search
        self._in_force = rule
        self._rule = rule()
        self._tracks: dict[int, _Evidence] = {}
        self._left: dict[int, _Left] = {}  # by person

    def identity(self, track: int) -> Identity:
        """What is thought of this track now."""
        evidence = self._tracks.get(track)
        return evidence.identity if evidence else UNKNOWN

    def is_settled(self, track: int) -> bool:
        """Whether the track has a name, and its last look did not speak against it."""
        evidence = self._tracks.get(track)
        return evidence is not None and evidence.identity.name is not None and not evidence.unlike

    def is_another(self, track: int, face: Face, doubted: bool) -> bool:
        """Whether a look shows somebody else than the track has shown so far.

        As many signs must speak for that as looks for a name: each look in a row that is unlike those before; that the
        look shows another person of the gallery clearly; that the track is doubted. Any of them alone may be a mistake.

        Args:
            doubted: whether the track may have passed to another face since the last look that told something.
        """
        evidence = self._tracks.get(track)
        if evidence is None or face.embedding is None or not evidence.looks:
            return False
        known = evidence.identity.person
        if not doubted and (known is None or evidence.identity.name is None):
            return False  # rather had it begun with a bad look
        signs = doubted + (evidence.unlike + 1 if evidence.is_unlike(face.embedding, self._rule) else 0)
        if known is not None and signs == self._rule.agree - 1:  # the gallery is only asked where that decides
            shown = candidate(self._search(face.embedding[None])[0], self._rule)
            signs += shown is not None and shown.id != known.id
        return signs >= self._rule.agree

    def weigh(self, track: int, face: Face, t: float) -> Identity:
        """Take one look at a track's face into account, at time `t` in seconds."""
        self._rule = self._in_force()
        evidence = self._tracks.setdefault(track, _Evidence())
        if face.embedding is None:
            evidence.identity = replace(evidence.identity, refused=face.refused)
            return evidence.identity
        is_first = not evidence.looks
        if evidence.add(face.quality, face.embedding, self._rule):
            matches = self._search(evidence.mean()[None])[0]
            if is_first and (before := self._evidence_of_returned(face.embedding, matches, t)):
                self._tracks[track] = before
                return self.weigh(track, face, t)
            evidence.identity, evidence.streak = decide(evidence.identity, evidence.streak, matches, self._rule)
        else:
            evidence.identity = replace(evidence.identity, refused=None)
        return evidence.identity

    def keep(self, tracks: Collection[int], t: float) -> None:
        """Forget every track but these, which has ended by time `t` in seconds; those with a name somewhat later."""
        for track in [track for track in self._tracks if track not in tracks]:
            evidence = self._tracks.pop(track)
            person = evidence.identity.person
            if person and evidence.identity.name:
                self._left[person.id] = _Left(t, person, evidence)
        self._left = {person: one for person, one in self._left.items() if t - one.t < self._rule.back_within}

    def _evidence_of_returned(
        self, embedding: NDArray[np.float32], matches: Sequence[Match], t: float
    ) -> _Evidence | None:
        """What is known of the person that this first look shows, if they left a moment ago and are nowhere else.

        Args:
            matches: the people of the gallery nearest to the look.
        """
        identities = [evidence.identity for evidence in self._tracks.values()]
        here = {identity.person.id for identity in identities if identity.person and identity.name}
        left = [
            Match(one.person, float(one.evidence.mean() @ embedding))
            for one in self._left.values()
            if t - one.t < self._rule.back_within and one.person.id not in here
        ]
        left.sort(key=lambda match: match.similarity, reverse=True)
        person = returned(left, matches, self._rule)
        return self._left.pop(person.id).evidence if person else None

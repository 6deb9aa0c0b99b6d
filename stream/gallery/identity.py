"""Who a track is: evidence gathered over its looks, and a decision that can say "I do not know"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from db import Match, Person
from models.analysis import Face

MARGIN = 0.05  # cosine by which the nearest person must be ahead of the next
NEWS = 0.001  # cosine by which looks are more like somebody once that changes: sums may differ in their last digits

IdentityState = Literal["unknown", "probable", "named"]
GallerySearch = Callable[[NDArray[np.float32]], list[list[Match]]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What is thought of a track.

    Attributes:
        person: who it is or probably is; None in the state "unknown".
        similarity: cosine of the evidence and the nearest person, whoever that is; None without evidence.
        refused: why the track's face was last not looked at.
    """

    state: IdentityState = "unknown"
    person: Person | None = None
    similarity: float | None = None
    refused: str | None = None

    @property
    def name(self) -> str | None:
        """The name to show: only one that is sure enough."""
        return self.person.name if self.person and self.state == "named" else None

    def without_name(self) -> "Identity":
        """The same, of somebody who is not that person."""
        return replace(self, state="unknown", person=None)


UNKNOWN = Identity()


@dataclass(frozen=True, slots=True)
class Rule:
    """When a track gets a name, and when it loses it.

    Attributes:
        threshold: cosine that the evidence must reach.
        margin: see `MARGIN`.
        agree: looks that must point to the same person, each by itself; as many unlike the rest mean somebody else.
        clear: cosine above the threshold, and ahead of the next person, from which one look is as good as several.
        slack: cosine below the threshold down to which a name is kept, a look counts as being of the same face, and one
            by itself agrees with the evidence (a look is less like its person than several together: at the threshold
            itself five in a hundred known faces of videos would lose their name, and strangers hardly; see the model
            card for the rate that is left).
        best: looks that make the evidence, the best by quality.
        back_within: seconds within which whoever has left is known again at the first look; 0: never.
    """

    threshold: float
    margin: float = MARGIN
    agree: int = 2
    clear: float = 0.2
    slack: float = 0.05
    best: int = 5
    back_within: float = 10.0

    @property
    def for_agreement(self) -> "Rule":
        """The laxer rule by which a single look agrees with the evidence."""
        return replace(self, threshold=self.threshold - self.slack)

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


def decide(
    before: Identity, agreed: int, matches: Sequence[Match], of_look: Sequence[Match], rule: Rule
) -> tuple[Identity, int]:
    """The next identity of a track, and how many looks have agreed on that person.

    Args:
        agreed: looks that agreed on the person before.
        matches: the people nearest to all of its evidence, best first.
        of_look: the people nearest to the newest look alone: a look that is carried by those before it agrees with
            nothing.
    """
    if not matches:
        return UNKNOWN, 0
    nearest = matches[0]
    before_id = before.person.id if before.person else None
    kept = before.state == "named" and nearest.person.id == before_id
    if kept and nearest.similarity >= rule.threshold - rule.slack:
        return Identity("named", nearest.person, nearest.similarity), agreed
    person = candidate(matches, rule)
    if person is None:
        return Identity("unknown", None, nearest.similarity), 0
    shown = candidate(of_look, rule.for_agreement)
    agreed = (agreed if person.id == before_id else 0) + (shown is not None and shown.id == person.id)
    clearly = candidate(of_look, rule.for_one_look)
    sure = agreed >= rule.agree or (clearly is not None and clearly.id == person.id)
    return Identity("named" if sure else "probable", person, nearest.similarity), agreed


class GradedLook(NamedTuple):
    """A good look at a track: how good, 0 to 1, and what the face looks like, as a unit vector (512,)."""

    quality: float
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TrackEvidence:
    """What the looks at a track have shown.

    Attributes:
        looks: the best of them, the best first.
        unlike: looks in a row that were unlike these, and were left aside.
        agreed: looks that agreed on the person of the identity.
        identity: what is thought of the track by them.
        nearest: the people nearest to all of them together, best first.
        of_look: those nearest to the newest look alone.
    """

    looks: tuple[GradedLook, ...] = ()
    unlike: int = 0
    agreed: int = 0
    identity: Identity = UNKNOWN
    nearest: tuple[Match, ...] = ()
    of_look: tuple[Match, ...] = ()

    def mean(self) -> NDArray[np.float32]:
        """Quality-weighted mean direction (512,)."""
        total = np.sum([look.quality * look.embedding for look in self.looks], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)

    def is_unlike(self, embedding: NDArray[np.float32], rule: Rule) -> bool:
        """Whether a look, by its embedding (512,), seems to be of somebody else than the others."""
        return bool(self.looks) and float(self.mean() @ embedding) < rule.threshold - rule.slack

    def gathered(self, quality: float, embedding: NDArray[np.float32], rule: Rule) -> "TrackEvidence":
        """With one more look, which is left aside where it is unlike the others, unless several in a row were."""
        before = self
        if self.is_unlike(embedding, rule):
            if self.unlike + 1 < rule.agree:
                return replace(self, unlike=self.unlike + 1)
            before = TrackEvidence()  # the track had begun with a bad look: what was known does not hold
        newest = GradedLook(max(quality, 1e-3), embedding)
        looks = sorted((*before.looks, newest), key=lambda look: -look.quality)
        return replace(before, looks=tuple(looks[: rule.best]), unlike=0)


def weigh(before: TrackEvidence, face: Face, search: GallerySearch, rule: Rule) -> TrackEvidence:
    """The evidence after one more look at a face; the gallery is asked once at most."""
    if face.embedding is None:
        return replace(before, identity=replace(before.identity, refused=face.refused))
    evidence = before.gathered(face.quality, face.embedding, rule)
    if evidence.unlike:
        return replace(evidence, identity=replace(evidence.identity, refused=None))
    matches, of_look = search(np.stack([evidence.mean(), face.embedding]))
    identity, agreed = decide(evidence.identity, evidence.agreed, matches, of_look, rule)
    return replace(evidence, identity=identity, agreed=agreed, nearest=tuple(matches), of_look=tuple(of_look))


def named_since(evidence: TrackEvidence, search: GallerySearch, rule: Rule) -> Identity:
    """Who a track without a name is by those enrolled since it was last looked at; `UNKNOWN`: nobody by them either.

    By the same people as before it has none now either, for whatever reason it had none: all its looks must be more
    like somebody than they were like anybody.
    """
    if not evidence.looks:
        return UNKNOWN
    matches, *of_looks = search(np.stack([evidence.mean(), *(look.embedding for look in evidence.looks)]))
    before = evidence.nearest[0].similarity if evidence.nearest else -1.0
    if not matches or matches[0].similarity - before < NEWS:
        return UNKNOWN
    identity, agreed = UNKNOWN, 0
    for of_look in of_looks:
        identity, agreed = decide(identity, agreed, matches, of_look, rule)
    return identity if identity.state == "named" else UNKNOWN


def shows_another(evidence: TrackEvidence, face: Face, doubted: bool, search: GallerySearch, rule: Rule) -> bool:
    """Whether a look shows somebody else than the looks before it.

    As many signs must speak for that as looks for a name: each look in a row that is unlike those before; that the look
    shows another person of the gallery clearly; that the track is doubted. Any of them alone may be a mistake.

    Args:
        doubted: whether the track may have passed to another face since the last look that told something.
    """
    if face.embedding is None or not evidence.looks:
        return False
    known = evidence.identity.person
    if not doubted and (known is None or evidence.identity.name is None):
        return False  # rather had it begun with a bad look
    signs = doubted + (evidence.unlike + 1 if evidence.is_unlike(face.embedding, rule) else 0)
    if known is not None and signs == rule.agree - 1:  # the gallery is only asked where that decides
        shown = candidate(search(face.embedding[None])[0], rule)
        signs += shown is not None and shown.id != known.id
    return signs >= rule.agree


def is_back(person: Person, left: Sequence[Match], rule: Rule) -> bool:
    """Whether somebody who has just left is back, by the first look at a track.

    Args:
        person: whom that look shows of the gallery, by its threshold.
        left: those who have left, with the similarity of the look to what was seen of them, best first.
    """
    if not left or left[0].person.id != person.id or left[0].similarity < rule.threshold - rule.slack:
        return False
    return len(left) == 1 or left[0].similarity - left[1].similarity >= rule.margin

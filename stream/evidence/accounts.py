"""What the looks at the tracks of one source came to: kept while they last, and given to the log."""

import statistics
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from db import Match
from db.evidence.records import Appearance, Judgement, Likeness, NewEvidence
from models.analysis import Face
from models.images import to_jpeg
from stream.gallery.identity import Rule, TrackEvidence
from stream.gallery.weighed import WeighedLook

LOOKS = 8  # behind the name of a track that are kept beside those by which it was named
GOOD = 0.5  # quality of a look that is offered as a picture of the person
CLEAR = 0.1  # cosine by which it is above the threshold, and ahead of the next person
SIZES = 200  # looks from which the usual size is taken

NOBODY = "nobody is enrolled"
BELOW = "below the threshold"
MARGIN = "like two people"
FEW = "too few looks that agree"
TAKEN = "another face had the name"
UNLOOKED = "no look at it"

Moment = Callable[[float], datetime]
"""The moment of a source's time in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptLook:
    """A look at time `t` that told something, and what was thought after it."""

    t: float
    face: Face
    likeness: Likeness[int]
    decision: Judgement


@dataclass(slots=True, eq=False)
class _Account:
    """What is known of a track."""

    looks: int = 0
    usable: int = 0
    eyes: deque[float] = field(default_factory=lambda: deque(maxlen=SIZES))
    refusals: Counter[str] = field(default_factory=Counter)
    kept: list[KeptLook] = field(default_factory=list)
    likeness: Likeness[int] = field(default_factory=Likeness)
    threshold: float | None = None
    reason: str = UNLOOKED

    def refuse(self, why: str) -> None:
        """One more look that told nothing; `why` may have figures in brackets at its end, which are not counted."""
        self.refusals[why.partition(" (")[0]] += 1
        if not self.usable:
            self.reason = self.refusals.most_common(1)[0][0]

    def weigh(self, evidence: TrackEvidence, rule: Rule) -> None:
        """Take over what all looks come to now, if the track has never been more like somebody."""
        gathered = likeness(evidence.nearest)
        if self.threshold is None or (gathered.similarity or -1.0) >= (self.likeness.similarity or -1.0):
            self.likeness = gathered
            self.threshold = rule.threshold
            self.reason = why_unnamed(evidence, rule)


class Accounts:
    """Takes each look down as it is weighed; a few numbers of every track, and few looks, are in memory.

    Args:
        digest: sha256 of the embedder's file.
        crops: whether the aligned faces behind names are kept, too.
        offers: whether good and certain looks are offered as further pictures of the person.
    """

    def __init__(self, digest: str, crops: bool = False, offers: bool = False) -> None:
        self._digest = digest
        self._crops = crops
        self._offers = offers
        self._tracks: dict[int, _Account] = {}

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""
        face = look.face
        account = self._tracks.setdefault(look.track, _Account())
        account.looks += 1
        if face.landmarks is not None:
            account.eyes.append(eye_distance(face))
        if face.embedding is None:
            account.refuse(face.refused or "")
            return
        account.usable += 1
        account.weigh(look.evidence, look.rule)
        if not look.evidence.unlike:
            account.kept = _best([*account.kept, self._to_keep(look)], look.evidence)

    def _to_keep(self, look: WeighedLook) -> KeptLook:
        identity = look.evidence.identity
        decision = Judgement(identity.similarity, look.rule.threshold, look.evidence.agreed, identity.state)
        face = look.face if self._crops or self._offers else replace(look.face, crop=None)
        return KeptLook(look.t, face, likeness(look.evidence.of_look), decision)

    def named(self, track: int, moment: Moment) -> list[NewEvidence]:
        """The looks by which a track has just been named; they are given once."""
        account = self._tracks.get(track)
        if account is None:
            return []
        looks = account.kept
        account.kept = []
        return [self._told(track, look, moment) for look in looks]

    def left(self, track: int, moment: Moment, is_named: bool) -> tuple[list[NewEvidence], Appearance[int]]:
        """The further looks behind the name of a track that has ended, and what all of them came to."""
        account = self._tracks.pop(track, _Account())
        appearance = Appearance(
            looks=account.looks,
            usable=account.usable,
            eyes=statistics.median(account.eyes) if account.eyes else None,
            reason=None if is_named else account.reason,
            likeness=account.likeness,
            threshold=account.threshold,
        )
        return [self._told(track, look, moment) for look in account.kept] if is_named else [], appearance

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        for track in [track for track in self._tracks if track not in tracks]:
            del self._tracks[track]

    def _told(self, track: int, look: KeptLook, moment: Moment) -> NewEvidence:
        face = look.face
        assert face.embedding is not None
        return NewEvidence(
            track=track,
            time=moment(look.t),
            quality=face.quality,
            eyes=eye_distance(face),
            likeness=look.likeness,
            decision=look.decision,
            digest=self._digest,
            embedding=face.embedding,
            crop=to_jpeg(face.crop) if self._crops and face.crop is not None else None,
            liveness=face.liveness,
            offered=to_jpeg(face.crop) if self._offers and face.crop is not None and is_certain(look) else None,
        )


def is_certain(look: KeptLook) -> bool:
    """Whether a look is good, and shows its person clearly by itself."""
    similarity = look.likeness.similarity
    if similarity is None or look.decision.state != "named" or look.face.quality < GOOD:
        return False
    next_best = -1.0 if look.likeness.other_similarity is None else look.likeness.other_similarity
    return similarity - max(look.decision.threshold, next_best) >= CLEAR


def why_unnamed(evidence: TrackEvidence, rule: Rule) -> str:
    """Why a track with this evidence has no name by the rule, in words."""
    if not evidence.nearest:
        return NOBODY
    first = evidence.nearest[0].similarity
    if first < rule.threshold:
        return BELOW
    if len(evidence.nearest) > 1 and first - evidence.nearest[1].similarity < rule.margin:
        return MARGIN
    return TAKEN if evidence.identity.state == "named" else FEW


def likeness(matches: tuple[Match, ...]) -> Likeness[int]:
    """The nearest and the next of the people found, best first."""
    ids = [match.person.id for match in matches[:2]] + [None, None]
    cosines = [match.similarity for match in matches[:2]] + [None, None]
    return Likeness(ids[0], cosines[0], ids[1], cosines[1])


def eye_distance(face: Face) -> float:
    """In pixels of the picture; 0 where there are no points."""
    return 0.0 if face.landmarks is None else float(np.linalg.norm(face.landmarks[1] - face.landmarks[0]))


def _best(looks: list[KeptLook], evidence: TrackEvidence) -> list[KeptLook]:
    """As many as are kept: those that make the evidence, the newest, and the best of the others."""
    if len(looks) <= LOOKS:
        return looks
    behind = {id(look.embedding) for look in evidence.looks}
    spare = [look for look in looks[:-1] if id(look.face.embedding) not in behind]
    worst = min(spare or looks[:-1], key=lambda look: look.face.quality)
    return [look for look in looks if look is not worst]

"""The looks at the tracks of one source, and what is kept of those that end without a name."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.unknowns.records import Faces, NewLook, NewStay, Place
from models.analysis import Face
from models.images import to_jpeg
from stream.gallery.identity import UNKNOWN, Identity, TrackEvidence
from stream.gallery.weighed import Image, WeighedLook
from stream.unknowns.grouping import summary
from stream.unknowns.portrait import portrait

Floats = NDArray[np.float32]

WAIT = 10.0  # seconds after a track's end, within which a name for the same face makes it nobody's stay
QUALITY = 90  # of a portrait's JPEG


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    face: Face
    portrait: Image | None


@dataclass(frozen=True, slots=True, eq=False)
class _Gone:
    """A track that has ended, last seen at time `t`, and the summary (512,) of what was seen of it."""

    track: int
    t: float
    summary: Floats
    evidence: TrackEvidence
    looks: tuple[_Look, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A track that ended without a name, and was waited for.

    Attributes:
        stay: what to keep of it; None where it was no stranger.
        identity: who it was, where somebody has been enrolled since by whom it has a name.
    """

    track: int
    stay: NewStay | None
    identity: Identity = UNKNOWN


class Strangers:
    """Decides, some seconds after a track has ended without a name, that a stranger was there.

    Args:
        digest: sha256 of the embedder's file.
        place: says to which group a stay belongs; see `Joining.place`.
        alike: the cosine from which two tracks show one face; asked for each time.
        named_since: who a track with this evidence is by those enrolled since its last look; see the function.
        portraits: whether pictures for people's eyes are kept, too.
    """

    def __init__(
        self,
        digest: str,
        place: Place,
        alike: Callable[[], float],
        named_since: Callable[[TrackEvidence], Identity],
        portraits: bool = True,
    ) -> None:
        self.place = place
        self._digest = digest
        self._alike = alike
        self._named_since = named_since
        self._portraits = portraits
        self._looks: dict[int, tuple[_Look, ...]] = {}
        self._evidence: dict[int, TrackEvidence] = {}
        self._named: set[int] = set()  # tracks that are there
        self._named_before: list[_Gone] = []
        self._waiting: list[_Gone] = []

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""
        if look.image is None:
            return
        face = look.face
        looks = self._looks.get(look.track, ())
        if face.embedding is not None and face.crop is not None and not look.is_masked():
            shown = portrait(look.image, face.box, look.masks) if self._portraits else None
            looks = (*looks, _Look(face, shown))
        self._looks[look.track] = tuple(one for one in looks if look.is_behind(one.face))
        self._evidence[look.track] = look.evidence

    def keep(self, tracks: Collection[int]) -> None:
        """Forget the looks at every track but these; those of tracks that were said to have left stay as they are."""
        for track in [track for track in self._looks if track not in tracks]:
            del self._looks[track], self._evidence[track]

    def named(self, track: int, is_named: bool) -> None:
        """A track has got a name, or lost it."""
        if is_named:
            self._named.add(track)
        else:
            self._named.discard(track)

    def left(self, track: int, t: float) -> bool:
        """A track has ended, last seen at time `t` in seconds; returns whether `settled` will tell of it."""
        is_named = track in self._named
        looks, evidence = self._looks.pop(track, ()), self._evidence.pop(track, None)
        self._named.discard(track)
        if not looks or evidence is None:
            return False
        gone = _Gone(track, t, _summary(looks), evidence, looks)
        if is_named:
            self._named_before.append(gone)
        else:
            self._waiting.append(gone)
        return not is_named

    def forget(self, track: int) -> None:
        """A track is no person's."""
        self._looks.pop(track, None)
        self._evidence.pop(track, None)
        self._named.discard(track)

    def settled(self, t: float = math.inf) -> list[Settled]:
        """The tracks that were waited for until time `t` in seconds."""
        known = [_summary(looks) for track in self._named if (looks := self._looks.get(track))]
        known += [one.summary for one in self._named_before]
        over = [one for one in self._waiting if t - one.t >= WAIT]
        self._waiting = [one for one in self._waiting if t - one.t < WAIT]
        self._named_before = [one for one in self._named_before if t - one.t < 2 * WAIT]
        return [self._settled(one, known) for one in over]

    def _settled(self, gone: _Gone, known: Sequence[Floats]) -> Settled:
        identity = self._named_since(gone.evidence)
        is_known = identity.name is not None or self._is_one_of(known, gone)
        return Settled(gone.track, None if is_known else self._stay(gone), identity)

    def _is_one_of(self, known: Sequence[Floats], gone: _Gone) -> bool:
        """Whether a track that has ended shows one of the faces that have a name."""
        return bool(known) and max(_cosine(other, gone.summary) for other in known) >= self._alike()

    def _stay(self, gone: _Gone) -> NewStay:
        looks = sorted(gone.looks, key=lambda look: -look.face.quality)
        shown = looks[0].portrait
        kept = tuple(
            NewLook(look.face.embedding, look.face.quality, to_jpeg(look.face.crop))
            for look in looks
            if look.face.embedding is not None and look.face.crop is not None
        )
        return NewStay(self._digest, gone.summary, kept, None if shown is None else to_jpeg(shown, QUALITY))


class NoStrangers:
    """Stands for `Strangers` where nothing is kept of anybody."""

    def note(self, look: WeighedLook) -> None:
        """A track was looked at."""

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""

    def named(self, track: int, is_named: bool) -> None:
        """A track has got a name, or lost it."""

    def left(self, track: int, t: float) -> bool:  # noqa: ARG002 - the protocol's names
        """A track has ended; nothing will be told of it."""
        return False

    def forget(self, track: int) -> None:
        """A track is no person's."""

    def settled(self, t: float = math.inf) -> list[Settled]:  # noqa: ARG002 - likewise
        """Nobody was waited for."""
        return []

    def place(self, faces: Faces, embedding: Floats) -> int | None:  # noqa: ARG002 - likewise
        """No group."""
        return None


NO_STRANGERS = NoStrangers()


def _summary(looks: Sequence[_Look]) -> Floats:
    embeddings = np.stack([look.face.embedding for look in looks if look.face.embedding is not None])
    return summary(embeddings, np.array([max(look.face.quality, 1e-3) for look in looks], np.float32))


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9))

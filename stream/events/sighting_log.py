"""The log of who was seen: a track is a sighting, from its first to its last detection."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from db import NewSnapshot
from db.evidence.records import Appearance, NewEvidence
from db.records import EventName
from db.schema.tables import utc_now
from db.sightings.reports import Reporter
from db.unknowns.records import Faces, NewStay
from stream.events.event import Event, Tell, untold
from stream.frame import Frame
from stream.gallery.identity import UNKNOWN, Identity
from tracker import Track

CONFIRM, RARE = 3, 2  # detections that make a track more than a flicker, and where they are a third of a second apart
PATIENCE = 5.0  # seconds in which most who are enrolled have their name
BRIEF = 1.0  # seconds: of a stranger who is there for less nothing is told where names are waited for
PICTURE = "It is a picture, not a person."
LATE = 60.0  # seconds: no search takes longer
JUMP = timedelta(seconds=2)  # between what the clock says and what it should say: more is no delay of a picture's


class Strangers(Protocol):
    """Knows what is to be kept of tracks that end without a name; see `stream.unknowns.strangers`."""

    def named(self, track: int, is_named: bool) -> None:
        """A track has got a name, or lost it."""

    def left(self, track: int, t: float) -> bool:
        """A track has ended, last seen at time `t` in seconds; returns whether `settled` will tell of it."""

    def forget(self, track: int) -> None:
        """A track is no person's."""

    def settled(self, t: float = ...) -> Sequence[tuple[int, NewStay | None]]:
        """The tracks that were waited for until time `t`, by default all: what to keep of each."""

    def place(self, faces: Faces, embedding: NDArray[np.float32]) -> int | None:
        """The group of a new stay."""


class Accounts(Protocol):
    """Knows what the looks at tracks came to; see `stream.evidence.accounts`."""

    def named(self, track: int, moment: Callable[[float], datetime]) -> Sequence[NewEvidence]:
        """The looks by which a track has just been named."""

    def left(
        self, track: int, moment: Callable[[float], datetime], is_named: bool
    ) -> tuple[Sequence[NewEvidence], Appearance[int]]:
        """The further looks behind the name of a track that has ended, and what all of them came to."""


Snapshot = Callable[[Frame, Track, Identity, datetime], NewSnapshot | None]


def no_snapshot(_frame: Frame, _track: Track, _identity: Identity, _moment: datetime) -> None:
    """Keeps no pictures."""


@dataclass(slots=True)
class _Open:
    """A sighting that goes on.

    Attributes:
        key: of the sighting, as the writer knows it.
        started: the moment at which the source's time was 0 by the clock when it began.
        seen: time of the detection last noted, seconds.
        began: time of the first detection, seconds.
        known: who it is, once named.
        latest: the latest moment that there can be; None: any.
        entered: whether it was told that they came.
    """

    key: int
    track: int
    camera: str
    started: datetime
    seen: float
    began: float
    known: Identity = UNKNOWN
    latest: datetime | None = None
    entered: bool = False

    def moment(self, t: float) -> datetime:
        """The moment of time `t`, by its own clock, up to the latest that there can be."""
        moment = self.started + timedelta(seconds=t)
        return moment if self.latest is None else min(moment, self.latest)


class SightingLog:
    """Turns tracks and their identities into sightings, and tells who came, was named and left.

    Args:
        writer: stores them.
        started: the moment at which the source's time is 0, with its zone; that of a live source follows the clock,
            which jumps when the machine has slept or learns the right time.
            What a recording shows is dated at the latest now.
        snapshot: takes a picture of a track whose name has just been decided, for the writer to keep.
        confirm: detections from which a track is noted.
        tell: told of events by the writer, in its thread, once they are stored.
        now: the clock.
        strangers: keeps what was seen of those who left without a name; by default nothing is kept.
        patience: seconds for which somebody may get a name before it is told that somebody came: who is named meanwhile
            comes with the name, and of a stranger who leaves within a second nothing is told.
        accounts: knows the looks behind names, and why others have none; by default nothing is kept of that.
        recorded: whether it is a recording, whose sightings unite with none of other runs.
    """

    def __init__(
        self,
        writer: Reporter,
        started: datetime,
        snapshot: Snapshot = no_snapshot,
        confirm: int = CONFIRM,
        tell: Tell = untold,
        now: Callable[[], datetime] = utc_now,
        strangers: Strangers | None = None,
        accounts: Accounts | None = None,
        recorded: bool = False,
        patience: float = 0.0,
    ) -> None:
        self._writer = writer
        self._started = started
        self._snapshot = snapshot
        self._confirm = confirm
        self._tell = tell
        self._now = now
        self._strangers = strangers
        self._accounts = accounts
        self._recorded = recorded
        self._latest = now() if recorded else None  # what lies in a file has happened
        self._patience = patience
        self._sightings: dict[int, _Open] = {}
        self._waiting: dict[int, _Open] = {}  # for whether they were strangers
        self._left: dict[int, float] = {}  # tracks whose sightings have ended of late: when each was last seen

    def record(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> None:
        """Note who is in this frame; whoever is not any more has left.

        Raises:
            DatabaseError: what was noted earlier could not be stored.
        """
        if frame.arrived is not None:
            self._follow_clock(frame.t)
        for track, identity in zip(tracks, identities, strict=True):
            if track.hits >= self._confirm:
                self._note(frame, track, identity)
        self._close_all_but({track.id for track in tracks})
        self._left = {track: seen for track, seen in self._left.items() if frame.t - seen < LATE}
        self._settle(frame.t)

    def retract(self, track: int) -> None:
        """It was no person: the sighting is taken back, and whoever was told of one is told that nobody is there."""
        sighting = self._sightings.pop(track, None)
        if sighting is None:
            return
        if self._strangers is not None:
            self._strangers.forget(track)
        if self._accounts is not None:
            self._accounts.left(track, sighting.moment, is_named=False)
        self._writer.retract(sighting.key, sighting.moment(sighting.began))
        if sighting.entered:
            sighting.known = UNKNOWN
            self._report("left", sighting, PICTURE)

    def end(self, reason: str = "The watch ended.") -> None:
        """Nobody watches any longer: close what is open."""
        self._close_all_but(set(), reason)
        self._settle(math.inf)

    def _note(self, frame: Frame, track: Track, identity: Identity) -> None:
        sighting = self._sightings.get(track.id) or self._begin(frame.camera, track)
        is_seen = track.seen > sighting.seen
        if is_seen and sighting.started != self._started:
            self._date_anew(sighting, track.seen)
        sighting.seen = max(track.seen, sighting.seen)
        person_before = _person(sighting.known)
        sighting.known = identity if identity.state == "named" else UNKNOWN
        person = _person(sighting.known)
        if person != person_before:
            picture = self._snapshot(frame, track, identity, self._moment(frame.t))
            self._writer.name(sighting.key, person, identity.similarity, picture)
            if self._accounts is not None and person is not None:
                self._writer.explain(sighting.key, self._accounts.named(track.id, sighting.moment))
            if self._strangers is not None:
                self._strangers.named(track.id, person is not None)
            sighting.entered = True
            # Nobody's name stands in the reason, which would outlive the person's erasure.
            self._report("named", sighting, None if person_before is None else "It is not the person named before.")
        if not sighting.entered and sighting.seen - sighting.began >= self._patience:
            self._enter(sighting)
        if is_seen:  # after the name, lest one person's sighting gets the next one's similarity
            self._writer.extend(sighting.key, sighting.moment(track.seen), sighting.known.similarity)

    def _begin(self, camera: str, track: Track) -> _Open:
        # Where searches are late, a track is given up that is seen again: it goes on, and does not begin a second time.
        started = max(track.started, self._left.pop(track.id, track.started))
        sighting = _Open(0, track.id, camera, self._started, started, started, latest=self._latest)
        sighting.key = self._writer.open(camera, sighting.moment(started), self._recorded)
        self._sightings[track.id] = sighting
        if not self._patience:
            self._enter(sighting)
        return sighting

    def _enter(self, sighting: _Open) -> None:
        """Tell that they came."""
        sighting.entered = True
        self._report("entered", sighting)

    def _date_anew(self, sighting: _Open, t: float) -> None:
        """Let a stay go on from time `t` as another sighting, since the clock has jumped, and it would be as long."""
        self._writer.close(sighting.key, sighting.moment(sighting.seen))
        sighting.started = self._started
        sighting.key = self._writer.open(sighting.camera, sighting.moment(t), self._recorded)
        if sighting.known.person:
            self._writer.name(sighting.key, sighting.known.person.id, sighting.known.similarity)

    def _close_all_but(self, tracks: set[int], reason: str | None = None) -> None:
        for track in [track for track in self._sightings if track not in tracks]:
            sighting = self._sightings.pop(track)
            self._left[track] = sighting.seen
            if sighting.entered or sighting.seen - sighting.began >= BRIEF:
                if not sighting.entered:
                    self._enter(sighting)
                self._report("left", sighting, reason)
            if self._accounts is not None:
                is_named = sighting.known.person is not None
                self._writer.explain(sighting.key, *self._accounts.left(track, sighting.moment, is_named))
            if self._strangers is not None and self._strangers.left(track, sighting.seen):
                self._waiting[track] = sighting
            else:
                self._writer.close(sighting.key, sighting.moment(sighting.seen))

    def _settle(self, t: float) -> None:
        """Keep what was seen of those of whom it is certain by time `t` that they were strangers."""
        if self._strangers is None:
            return
        for track, stay in self._strangers.settled(t):
            sighting = self._waiting.pop(track)
            moment = sighting.moment(sighting.seen)
            if stay is None:
                self._writer.close(sighting.key, moment)
            else:
                self._writer.keep(sighting.key, moment, stay, self._strangers.place)

    def _report(self, event: EventName, sighting: _Open, reason: str | None = None) -> None:
        similarity = sighting.known.similarity  # None as long as there is no name
        moment = sighting.moment(sighting.seen)
        happened = Event(moment, sighting.camera, event, sighting.track, None, sighting.known.name, similarity, reason)
        self._writer.note(happened, sighting.key, self._tell)

    def _follow_clock(self, t: float) -> None:
        behind = self._now() - self._moment(t)
        if abs(behind) > JUMP:
            self._started += behind

    def _moment(self, t: float) -> datetime:
        return self._started + timedelta(seconds=t)


def _person(identity: Identity) -> int | None:
    return identity.person.id if identity.person else None

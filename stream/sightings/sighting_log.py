"""The log of who was seen: a track is a sighting, from its first to its last detection."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from db import NewSnapshot
from db.sightings.reports import Reporter
from stream.evidence.accounts import Accounts
from stream.frame import Frame
from stream.gallery.identity import UNKNOWN, Identity
from stream.sightings.announcer import Announcer
from stream.sightings.open_sighting import OpenSighting
from stream.sightings.source_clock import SourceClock
from stream.unknowns.strangers import NO_STRANGERS, NoStrangers, Strangers
from tracker import Track

CONFIRM, RARE = 3, 2  # detections that make a track more than a flicker, and where they are a third of a second apart

Snapshot = Callable[[Frame, Track, Identity, datetime], NewSnapshot | None]


def no_snapshot(_frame: Frame, _track: Track, _identity: Identity, _moment: datetime) -> None:
    """Keeps no pictures."""


class SightingLog:
    """Turns tracks and their identities into sightings.

    Args:
        writer: stores them.
        clock: dates what the source shows.
        announcer: tells who came, was named and left.
        accounts: knows the looks behind names, and why others have none.
        strangers: keeps what was seen of those who left without a name; by default nothing is kept.
        snapshot: takes a picture of a track whose name has just been decided, for the writer to keep.
        confirm: detections from which a track is noted.
    """

    def __init__(
        self,
        writer: Reporter,
        clock: SourceClock,
        announcer: Announcer,
        accounts: Accounts,
        strangers: Strangers | NoStrangers = NO_STRANGERS,
        snapshot: Snapshot = no_snapshot,
        confirm: int = CONFIRM,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._announcer = announcer
        self._accounts = accounts
        self._strangers = strangers
        self._snapshot = snapshot
        self._confirm = confirm
        self._sightings: dict[int, OpenSighting] = {}
        self._waiting: dict[int, OpenSighting] = {}  # by track, for whether they were strangers

    def record(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> None:
        """Note who is in this frame; whoever is not any more has left.

        Raises:
            DatabaseError: what was noted earlier could not be stored.
        """
        if frame.arrived is not None:
            self._clock.follow(frame.t)
        for track, identity in zip(tracks, identities, strict=True):
            if track.hits >= self._confirm:
                self._note(frame, track, identity)
        self._close_all_but({track.id for track in tracks})
        self._settle(frame.t)

    def retract(self, track: int) -> None:
        """It was no person: the sighting is taken back, and whoever was told of one is told that nobody is there."""
        sighting = self._sightings.pop(track, None)
        if sighting is None:
            return
        self._strangers.forget(track)
        self._accounts.left(track, sighting.moment, is_named=False)
        self._writer.retract(sighting.key, sighting.moment(sighting.began))
        self._announcer.retracted(sighting)

    def end(self, reason: str = "The watch ended.") -> None:
        """Nobody watches any longer: close what is open."""
        self._close_all_but(set(), reason)
        self._settle(math.inf)

    def _note(self, frame: Frame, track: Track, identity: Identity) -> None:
        sighting = self._sightings.get(track.id) or self._begin(frame.camera, track)
        is_seen = track.seen > sighting.seen
        if is_seen and sighting.dates != self._clock.dates:
            self._date_anew(sighting, track.seen)
        sighting.seen = max(track.seen, sighting.seen)
        before = sighting.person
        sighting.known = identity if identity.state == "named" else UNKNOWN
        if sighting.person != before:
            self._name(sighting, self._snapshot(frame, track, identity, self._clock.dates.moment(frame.t)), identity)
            self._announcer.named(sighting, was_another=before is not None)
        self._announcer.seen(sighting)
        if is_seen:  # after the name, lest one person's sighting gets the next one's similarity
            self._writer.extend(sighting.key, sighting.moment(track.seen), sighting.known.similarity)

    def _begin(self, camera: str, track: Track) -> OpenSighting:
        dates = self._clock.dates
        key = self._writer.open(camera, dates.moment(track.started), self._clock.recorded)
        sighting = OpenSighting(key, track.id, camera, dates, began=track.started, seen=track.started)
        self._sightings[track.id] = sighting
        self._announcer.seen(sighting)
        return sighting

    def _name(self, sighting: OpenSighting, picture: NewSnapshot | None, identity: Identity) -> None:
        """Let it be known who it is, or that it is nobody known, and why."""
        self._writer.name(sighting.key, sighting.person, identity.similarity, picture)
        if sighting.person is not None:
            self._writer.explain(sighting.key, self._accounts.named(sighting.track, sighting.moment))
        self._strangers.named(sighting.track, sighting.person is not None)

    def _date_anew(self, sighting: OpenSighting, t: float) -> None:
        """Let a stay go on from time `t` as another sighting, since the clock has jumped, and it would be as long."""
        self._writer.close(sighting.key, sighting.moment(sighting.seen))
        sighting.dates = self._clock.dates
        sighting.key = self._writer.open(sighting.camera, sighting.moment(t), self._clock.recorded)
        if sighting.person is not None:
            self._writer.name(sighting.key, sighting.person, sighting.known.similarity)

    def _close_all_but(self, tracks: set[int], reason: str | None = None) -> None:
        for track in [track for track in self._sightings if track not in tracks]:
            sighting = self._sightings.pop(track)
            self._announcer.left(sighting, reason)
            is_named = sighting.person is not None
            self._writer.explain(sighting.key, *self._accounts.left(track, sighting.moment, is_named))
            if self._strangers.left(track, sighting.seen):
                self._waiting[track] = sighting
            else:
                self._writer.close(sighting.key, sighting.moment(sighting.seen))

    def _settle(self, t: float) -> None:
        """Keep what was seen of those of whom it is certain by time `t` that they were strangers."""
        for settled in self._strangers.settled(t):
            sighting = self._waiting.pop(settled.track)
            moment = sighting.moment(sighting.seen)
            if settled.stay is not None:
                self._writer.keep(sighting.key, moment, settled.stay, self._strangers.place)
                continue
            who = settled.identity
            if who.person is not None:
                self._writer.name(sighting.key, who.person.id, who.similarity)
            self._writer.close(sighting.key, moment)

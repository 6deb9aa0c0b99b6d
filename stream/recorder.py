"""The log of who was seen: a track is a sighting, from its first to its last detection."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import SightingWriter
from stream.frame import Frame
from stream.identity import Identity
from tracker import Track

CONFIRM = 3  # detections that make a track more than a flicker

Snapshot = Callable[[Frame, Track, Identity, datetime], str | None]


def no_snapshot(_frame: Frame, _track: Track, _identity: Identity, _moment: datetime) -> None:
    """Keeps no pictures."""


@dataclass(slots=True)
class _Open:
    """A sighting that goes on: its key in the database, the detection last noted, and the person noted."""

    key: int
    seen: float
    person: int | None = None


class Recorder:
    """Turns tracks and their identities into sightings.

    Args:
        writer: stores them.
        started: the moment at which the source's time is 0, with its zone.
        snapshot: keeps a picture of a track whose name has just been decided, and returns its path.
        confirm: detections from which a track is noted.
    """

    def __init__(
        self, writer: SightingWriter, started: datetime, snapshot: Snapshot = no_snapshot, confirm: int = CONFIRM
    ) -> None:
        self._writer = writer
        self._started = started
        self._snapshot = snapshot
        self._confirm = confirm
        self._sightings: dict[int, _Open] = {}

    def record(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> None:
        """Note who is in this frame; whoever is not any more has left.

        Raises:
            DatabaseError: what was noted earlier could not be stored.
        """
        for track, identity in zip(tracks, identities, strict=True):
            if track.hits >= self._confirm:
                self._note(frame, track, identity)
        self._close_all_but({track.id for track in tracks})

    def _note(self, frame: Frame, track: Track, identity: Identity) -> None:
        sighting = self._sightings.get(track.id)
        if sighting is None:
            key = self._writer.open(frame.camera, self._moment(track.started))
            sighting = self._sightings[track.id] = _Open(key, track.started)
        if track.seen > sighting.seen:
            self._writer.extend(sighting.key, self._moment(track.seen), identity.similarity)
            sighting.seen = track.seen
        person = identity.person.id if identity.person and identity.state == "named" else None
        if person != sighting.person:
            picture = self._snapshot(frame, track, identity, self._moment(frame.t))
            self._writer.name(sighting.key, person, identity.similarity, picture)
            sighting.person = person

    def _close_all_but(self, tracks: set[int]) -> None:
        for track in [track for track in self._sightings if track not in tracks]:
            sighting = self._sightings.pop(track)
            self._writer.close(sighting.key, self._moment(sighting.seen))

    def _moment(self, t: float) -> datetime:
        return self._started + timedelta(seconds=t)

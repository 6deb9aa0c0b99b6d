"""Watches that are told of one after the other, as runs that are killed and followed by others."""

from datetime import timedelta

from db import Database, Event, SightingWriter
from db.events.audience import Audience
from db.events.telling import EVERYTHING, Telling
from tests.people import at

VISITS = Telling(by_visit=True, gap=timedelta(seconds=60))


class Run:
    """A watch of a camera, whose clock stands still; it stores at once what it is told."""

    def __init__(self, database: Database, seconds: float, telling: Telling = EVERYTHING) -> None:
        self.told: list[tuple[str, str | None]] = []
        self.now = at(seconds)
        self.writer = SightingWriter(database, audience=Audience(self.hear, telling=telling), now=lambda: self.now)

    def hear(self, event: Event) -> None:
        self.told.append((event.event, event.name))

    def looks(self, seconds: float) -> None:
        """Time has passed, and what is to be stored is."""
        self.now = at(seconds)
        self.writer._flush()

    def sees(self, seconds: float, track: int = 1, person: int | None = None, until: float | None = None) -> int:
        """Somebody is there, and, if it is known until when, leaves; the key of the sighting."""
        key = self.writer.open("door", at(seconds))
        if person is not None:
            self.writer.name(key, person, 0.7)
        kind = "entered" if person is None else "named"
        self.note(seconds, kind, track, key, person)
        self.writer.extend(key, at(seconds + 5), None)
        if until is not None:
            self.note(until, "left", track, key, person)
            self.writer.close(key, at(until))
        self.looks(seconds + 5)
        return key

    def note(
        self, seconds: float, kind: str, track: int, key: int, person: int | None, reason: str | None = None
    ) -> None:
        name = None if person is None else "Ada"
        event = Event(at(seconds), "door", kind, track, name=name, reason=reason)  # type: ignore[arg-type]
        self.writer.note(event, key, self.hear)

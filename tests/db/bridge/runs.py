"""Runs that report who is seen to a database on a server that may be away."""

from pathlib import Path
from typing import Any

from db import Database, Event, SightingWriter
from db.bridge.leaving import Writers
from db.events.audience import Audience
from db.events.outbox import Outbox
from db.events.telling import EVERYTHING, Telling
from tests.people import at, untold

ROOT = Path(__file__).parents[3]
DOOR = "door's digest"


def nobody(*_: object) -> None:
    """No group of strangers is like anybody."""


class ByHand(SightingWriter):
    """Stores when it is told to, and at its end."""

    def _run(self) -> None:
        """Nothing happens by itself."""


def writer_of(
    database: Database,
    folder: Path,
    kind: type[SightingWriter] = ByHand,
    telling: Telling = EVERYTHING,
    **wishes: Any,
) -> SightingWriter:
    """That of a new run; what others have left is stored first."""
    given: dict[str, Any] = {"patience": 0.0, "now": lambda: at(0), **wishes}
    writers = writers_of(database, folder, telling)
    writers.store_left_behind()
    return kind(database, audience=writers.audience, bridge=writers.bridge(), **given)


def writers_of(database: Database, folder: Path, telling: Telling = EVERYTHING) -> Writers:
    return Writers(database, nobody, 10.0, Audience(outboxes=[Outbox(database, DOOR)], telling=telling), folder=folder)


def abandon(writer: SightingWriter) -> None:
    """As when its process is killed: nobody says goodbye, and the file is free."""
    assert writer._bridge is not None
    if writer._bridge._opened is not None:
        writer._bridge._opened.close()


def come_and_go(writer: SightingWriter, person: int, began: float) -> None:
    key = writer.open("door", at(began))
    writer.name(key, person, 0.5)
    writer.note(Event(at(began), "door", "named", 1, name="Ada", similarity=0.5), key, untold)
    writer.close(key, at(began + 5))


def stored(database: Database) -> Any:
    messages = len(Outbox(database, DOOR))
    return database.sightings(), database.events(), messages

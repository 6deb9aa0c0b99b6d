"""The queues of 0.1.0, files beside the database in which events waited, into its outbox."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.errors import explained
from db.events.events import event_row
from db.events.outbox import add_message
from db.people import people
from db.records import Event
from db.schema.tables import EventRow

QUEUE = user_data_path("doorman", appauthor=False) / "queue"  # where 0.1.0 had them


def take_over(database: Database, folder: Path) -> int:
    """Move what waits in the folder's queues into the database's, and delete the files that can be.

    Nothing is taken over of whoever was erased meanwhile. A queue that a process of 0.1.0 still uses is left to it.

    Returns:
        How many messages there were.

    Raises:
        DatabaseError: a queue is damaged, or the database cannot be written.
    """
    return sum(_take_over(database, file) for file in sorted(folder.glob("webhook-*-*.db"), key=_number))


def _number(file: Path) -> int:
    return int(re.sub(r"\D", "", file.stem.rpartition("-")[2]) or 0)


def _take_over(database: Database, file: Path) -> int:
    sink = file.stem.split("-")[1]
    with explained(str(file), elsewhere=""), closing(sqlite3.connect(file, timeout=0.1)) as queue:
        queue.isolation_level = None
        try:
            queue.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                return 0
            raise
        texts = [text for (text,) in queue.execute("SELECT text FROM message ORDER BY id")]
        with database.writing() as session:
            for event in _still_told(session, texts):
                _add(session, sink, event)
        queue.execute("DELETE FROM message")  # kept above first, so that no message is lost
        queue.execute("COMMIT")
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return len(texts)


def _still_told(session: Session, texts: list[str]) -> Iterator[Event]:
    for told in map(json.loads, texts):
        if told["name"] is None or people.lookup(session, told["name"]) is not None:
            yield Event(**{**told, "time": datetime.fromisoformat(told["time"])})


def _add(session: Session, sink: str, event: Event) -> None:
    """Let an event wait; the one that is stored, if it is of this database."""
    same = select(EventRow).where(
        EventRow.sighting_id == event.sighting, EventRow.event == event.event, EventRow.camera == event.camera
    )
    told = event.as_dict()["time"]
    row = next((row for row in session.scalars(same) if _time(row) == told), None)
    if row is None:
        row = event_row(event, None)
        session.add(row)
        session.flush()
    add_message(session, sink, row, named=event.name is not None)


def _time(row: EventRow) -> str:
    return row.time.isoformat(timespec="milliseconds")

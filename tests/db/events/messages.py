"""Messages that wait: taken out of the database, and in a file of 0.1.0."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from db import Event
from db.events.outbox import Outbox


def taken(box: Outbox) -> list[Event]:
    """All messages, which are taken off."""
    events = []
    while (message := box.claim()) is not None:
        box.remove(message)
        events.append(message.event)
    return events


def queue(file: Path, *events: Event) -> Path:
    """A file as 0.1.0 has written it."""
    file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)")
        texts = [(json.dumps(event.as_dict()),) for event in events]
        connection.executemany("INSERT INTO message (text) VALUES (?)", texts)
    return file

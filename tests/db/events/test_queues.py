"""What waited in the files of 0.1.0 goes into the database's own queue."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db import Database, DatabaseError, Event, SightingWriter
from db.events.outbox import Outbox, digest
from db.events.queues import take_over
from tests.db.events.messages import queue, taken
from tests.people import at, enrol, untold

DOOR = digest("https://door/")
NAMED = Event(at(0), "door", "named", 1, 1, "Ada", 0.5)
LOST = Event(at(2), "door", "camera_lost", reason="No answer.")


@pytest.fixture
def known(fresh_db: Database) -> Database:
    """Ada was named at the door."""
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5)
        writer.note(NAMED, key, untold)
        writer.note(LOST, None, untold)
    return fresh_db


def test_messages_are_taken_over_in_order_and_the_files_deleted(known: Database, tmp_path: Path) -> None:
    for number, event in ((10, LOST), (2, NAMED)):
        queue(tmp_path / "queue" / f"webhook-{DOOR}-{number}.db", event)
    assert take_over(known, tmp_path / "queue") == 2
    assert list((tmp_path / "queue").iterdir()) == []
    assert take_over(known, tmp_path / "queue") == 0
    assert taken(Outbox(known, DOOR)) == [NAMED, LOST]
    assert len(known.events()) == 2  # those that were there


def test_a_new_name_is_told_and_nobody_who_was_erased(known: Database, tmp_path: Path) -> None:
    enrol(known, "Bob")
    known.remove("Bob")
    bob = Event(at(1), "door", "named", 2, 7, "Bob", 0.6)
    file = queue(tmp_path / f"webhook-{DOOR}-1.db", NAMED, bob)
    take_over(known, tmp_path)
    assert not file.exists()
    assert taken(Outbox(known, DOOR)) == [NAMED]


def test_a_queue_that_is_still_used_is_left_alone(known: Database, tmp_path: Path) -> None:
    file = queue(tmp_path / f"webhook-{DOOR}-1.db", NAMED)
    with closing(sqlite3.connect(file)) as used:
        used.execute("PRAGMA locking_mode = EXCLUSIVE")
        used.execute("DELETE FROM message WHERE id = 0")
        used.commit()
        assert take_over(known, tmp_path) == 0
    assert take_over(known, tmp_path) == 1


def test_no_folder_is_no_queue(known: Database, tmp_path: Path) -> None:
    assert take_over(known, tmp_path / "nowhere") == 0


def test_a_file_that_is_no_queue_is_told(known: Database, tmp_path: Path) -> None:
    (tmp_path / f"webhook-{DOOR}-1.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError, match=r"is not a database: move that file away\."):
        take_over(known, tmp_path)

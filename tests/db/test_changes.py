"""PostgreSQL tells of changes of the gallery, at once, and again after its connection broke."""

import threading
import time

import pytest
from sqlalchemy import text

from db import Database, DatabaseError
from db.changes import listening, tells
from db.sightings.writer import SightingWriter
from stream.watching.upkeep import SELDOM, SOON, following
from tests.people import at, enrol, new_sample
from tests.postgresql import Server
from tests.waiting import wait_for

PATIENCE = 60.0  # seconds, on a busy machine


class Told:
    """Counts how often it was told."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count >= count, PATIENCE)


def listeners(database: Database) -> list[int]:
    with database.reading() as session:
        asked = text("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
        return list(session.scalars(asked))


def test_whoever_listens_is_told_of_each_change_of_another_program(database: Database, url: str) -> None:
    told = Told()
    with listening(database, told), Database.open(url) as other:
        told.wait_for(1)
        enrol(other, "Ada")
        told.wait_for(2)
        other.rename("Ada", "Eve")
        told.wait_for(3)
        other.remove("Eve")
        told.wait_for(4)
    assert not any(thread.name == "changes" for thread in threading.enumerate())
    assert listeners(database) == [], "its connection is gone with it"


def test_sightings_and_what_is_refused_are_no_change(database: Database, url: str) -> None:
    told = Told()
    with listening(database, told), Database.open(url) as other:
        told.wait_for(1)
        with SightingWriter(other) as writer:
            writer.open("door", at(0))
        with pytest.raises(DatabaseError):
            other.add_samples("Ada", [new_sample(0, "a" * 64), new_sample(1, "b" * 64)])
        time.sleep(0.3)
        assert told.count == 1
        enrol(other, "Ada")
        told.wait_for(2)


def test_a_connection_that_breaks_is_made_anew_and_nothing_is_missed(database: Database, url: str) -> None:
    told = Told()
    with listening(database, told), Database.open(url) as other:
        told.wait_for(1)
        [listener] = listeners(other)
        with other.writing() as session:
            session.execute(text(f"SELECT pg_terminate_backend({listener})"))
        enrol(other, "Ada")
        told.wait_for(2)  # whatever happened while it was away
        wait_for(lambda: listeners(other) not in ([], [listener]))
        count = told.count
        enrol(other, "Bob")
        told.wait_for(count + 1)


def test_a_server_that_was_away_is_heard_again(server: Server, database: Database) -> None:
    told = Told()
    with listening(database, told):
        told.wait_for(1)
        server.stop()
        time.sleep(0.2)
        server.start()
        told.wait_for(2)
        enrol(database, "Ada")
        told.wait_for(3)


def test_a_file_tells_nothing(fresh_db: Database) -> None:
    told = Told()
    with listening(fresh_db, told):
        enrol(fresh_db, "Ada")
    assert (told.count, tells(fresh_db)) == (0, False)


def test_a_gallery_that_is_followed_is_refreshed_at_once(database: Database, url: str, monkeypatch) -> None:
    monkeypatch.setattr("stream.watching.upkeep.SELDOM", 1e6)
    seen = [0]

    class Gallery:
        refresh = staticmethod(lambda: seen.append(database.generation()))

    with following(Gallery(), database), Database.open(url) as other:
        for name in ("Ada", "Bob", "Cleo", "Dan"):  # it is refreshed some times when it begins, but not so often
            enrol(other, name)
            wait_for(lambda: seen[-1] == other.generation())


def test_a_gallery_that_nothing_is_told_of_is_asked_often(fresh_db: Database, monkeypatch) -> None:
    assert SOON < 1 < SELDOM
    monkeypatch.setattr("stream.watching.upkeep.SOON", 0.01)
    refreshed = Told()

    class Gallery:
        refresh = refreshed

    with following(Gallery(), fresh_db):
        refreshed.wait_for(3)

"""What a run leaves to the next one, where the server was away to its end, or it was killed."""

import logging
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from db import Database, DatabaseLockedError, Event
from db.bridge.bridge import Batch, Bridge, left_behind
from db.bridge.leaving import Writers
from db.events.outbox import Outbox
from db.sightings.reports import Report
from db.unknowns.unknowns import Unknowns
from tests.db.bridge.runs import DOOR, ROOT, ByHand, abandon, come_and_go, nobody, stored, writer_of, writers_of
from tests.db.bridge.served import Served
from tests.fakes import unit
from tests.people import at, enrol, picture, untold
from tests.strangers import new_stay


@pytest.mark.parametrize("away", ["before", "after"])
def test_what_waits_when_the_watch_ends_is_stored_at_the_next_start(
    served: Served, waiting: Path, away: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (ada,) = enrol(served, "Ada")
    with writer_of(served, waiting) as writer:
        come_and_go(writer, ada, 0)
        writer._flush()
        served.away = away
        come_and_go(writer, ada, 100)
        stranger = writer.open("door", at(101))
        writer.keep(stranger, at(102), new_stay(unit(1)), nobody)
        writer.name(writer.open("hall", at(100)), ada, 0.6, picture(tmp_path / "1.jpg"))
        writer._flush()
    assert "of who was seen left in" in caplog.text
    assert not (tmp_path / "1.jpg").exists()
    served.away = "no"
    with writer_of(served, waiting):
        assert [one.camera for one in served.sightings()] == ["door", "door", "hall", "door"]
        assert [one.time for one in served.events()] == [at(0), at(100)]
        assert len(Outbox(served, DOOR)) == 2
        assert [one.visits for one in Unknowns(served).everybody()] == [1]
        assert (tmp_path / "1.jpg").read_bytes() == b"a face"
    assert list(waiting.iterdir()) == []


@pytest.mark.parametrize("named", [0, 50])  # before the server goes, or meanwhile
@pytest.mark.parametrize("killed", [False, True])
def test_a_sighting_that_goes_on_elsewhere_before_what_waits_is_stored_stays_one(
    served: Served, waiting: Path, tmp_path: Path, named: int, killed: bool
) -> None:
    """Ada stays for two minutes, of which the server is away for most; meanwhile another machine takes her camera."""
    (ada,) = enrol(served, "Ada")
    first = writer_of(served, waiting)
    key = first.open("door", at(0))
    for second in range(100):
        first.extend(key, at(second), 0.5)
        if second == named:
            first.name(key, ada, 0.5)
        first._flush()
        served.away = "before"
    if killed:
        abandon(first)
    else:
        first.close(key, at(99))
        with first:
            pass
    served.away = "no"
    with writer_of(served, tmp_path / "elsewhere") as second:
        key = second.open("door", at(105))
        second.name(key, ada, 0.6)
        second._flush()
        Writers(served, nobody, 10.0, folder=waiting).store_left_behind()
        second.extend(key, at(120), 0.6)
        second.close(key, at(120))
    rows = [(one.person, one.first_seen, one.last_seen, one.similarity) for one in served.sightings()]
    assert rows == [("Ada", at(0), at(120), 0.6)]


KILLED = """
import os, signal, sys
from pathlib import Path
from db import SightingWriter
from tests.db.bridge.served import Served
from tests.db.bridge.runs import come_and_go, writer_of

database = Served.open(sys.argv[1])
with writer_of(database, Path(sys.argv[2]), SightingWriter, interval=0.01) as writer:
    come_and_go(writer, 1, 0)
    while not database.events():
        pass
    database.away = "before"
    come_and_go(writer, 1, 100)
    while writer._in_memory:
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_kill_9_during_an_outage_loses_nothing(tmp_path: Path, waiting: Path) -> None:
    place = tmp_path / "people.db"
    with Served.open(place) as database:
        enrol(database, "Ada")
        killed = subprocess.run([sys.executable, "-c", KILLED, place, waiting], cwd=ROOT)
        assert killed.returncode == -signal.SIGKILL
        assert len(database.sightings()) == 1
        (file,) = waiting.glob("*.db")
        assert file.stat().st_mode & 0o077 == 0
        with writer_of(database, waiting):
            sightings, events, messages = stored(database)
        assert [(one.person, one.first_seen, one.last_seen) for one in sightings] == [
            ("Ada", at(0), at(5)),
            ("Ada", at(100), at(105)),
        ]
        assert ([event.sighting for event in events], messages) == ([1, 2], 2)


def test_a_run_that_goes_on_keeps_its_file(served: Served, waiting: Path) -> None:
    with writer_of(served, waiting) as writer:
        served.away = "before"
        writer.open("door", at(0))
        writer._flush()
        (file,) = waiting.glob("*.db")
        with pytest.raises(DatabaseLockedError):
            Bridge(file, nobody)
        served.away = "no"
        with writer_of(served, waiting):
            assert served.sightings() == []
    assert len(served.sightings()) == 1


def test_whoever_looks_for_what_is_left_keeps_no_run_from_its_file(waiting: Path) -> None:
    """Nor takes it away, however often the run makes it and lets it go."""
    ended = threading.Event()

    def look() -> int:
        found = 0
        while not ended.is_set():
            for file in left_behind("server", waiting):
                with suppress(DatabaseLockedError):
                    bridge = Bridge(file, nobody)
                    found += bridge.last
                    bridge.close()
        return found

    with ThreadPoolExecutor(1) as others:
        found = others.submit(look)
        try:
            bridge = Bridge.new("server", nobody, waiting)
            for number in range(1, 51):
                bridge.add([Batch(number, (Report("close", 1, (at(number),)),))])
                assert bridge.file.exists()
                bridge.drop(number)
        finally:
            ended.set()
    assert found.result() == 0
    assert list(waiting.iterdir()) == []


def test_what_cannot_be_read_is_told_and_left_alone(
    served: Served, waiting: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with writer_of(served, waiting) as writer:
        served.away = "before"
        writer.open("door", at(0))
    (file,) = waiting.glob("*.db")
    file.write_bytes(b"no database" * 100)
    served.away = "no"
    caplog.clear()
    caplog.set_level(logging.WARNING)
    with writer_of(served, waiting) as writer:
        writer.open("hall", at(0))
    assert [one.camera for one in served.sightings()] == ["hall"]
    assert f"waits on in {file}: The database {file} is not a database" in caplog.text


def test_what_waits_for_another_database_is_not_stored_in_this_one(
    served: Served, waiting: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Served.open() as other, writer_of(other, waiting) as writer:
        other.away = "before"
        writer.open("door", at(0))
    with writer_of(served, waiting):
        pass
    assert served.sightings() == []
    (file,) = waiting.glob("*.db")
    assert f"waits on in {file}: It is of another database" in caplog.text


def test_a_picture_that_could_not_be_written_before_the_outage_is_not_lost(
    served: Served, waiting: Path, tmp_path: Path
) -> None:
    (ada,) = enrol(served, "Ada")
    with writer_of(served, waiting) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5, picture(tmp_path / "1.jpg"))
        write = writer._write_snapshots

        def goes_away(snapshots: Any) -> None:
            served.away = "before"
            write(snapshots)

        writer._write_snapshots = goes_away  # type: ignore[method-assign]
        writer._flush()
    assert not (tmp_path / "1.jpg").exists()
    served.away = "no"
    with writer_of(served, waiting):
        assert (tmp_path / "1.jpg").exists()


def test_a_run_begins_at_once_and_what_was_left_behind_is_stored_beside_it(served: Served, waiting: Path) -> None:
    """Ada is there when the server goes, and the watch ends; it begins again while she still is."""
    (ada,) = enrol(served, "Ada")
    writer = writer_of(served, waiting)
    key = writer.open("door", at(0))
    writer.name(key, ada, 0.5)
    writer._flush()
    served.away = "before"
    writer.extend(key, at(20), 0.5)
    writer.note(Event(at(20), "door", "named", 1, name="Ada", similarity=0.5), key, untold)
    writer._flush()
    abandon(writer)
    served.away = "no"
    writers = writers_of(served, waiting)
    with ByHand(served, bridge=writers.bridge(), audience=writers.audience) as again:
        assert [one.last_seen for one in served.sightings()] == [at(0)], "nobody has waited for it"
        key = again.open("door", at(25))
        again.name(key, ada, 0.7)
        again._flush()
        assert len(served.sightings()) == 2, "as long as it is not known that she was there all the time"
        writers.store_left_behind()
        again.extend(key, at(30), 0.7)
    assert [(one.first_seen, one.last_seen, one.similarity) for one in served.sightings()] == [(at(0), at(30), 0.7)]
    assert [event.time for event in served.events()] == [at(20)]
    assert len(Outbox(served, DOOR)) == 1


def test_whoever_has_enough_leaves_the_rest_to_the_next_time(
    served: Served, waiting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.bridge.bridge.AT_ONCE", 3)
    (ada,) = enrol(served, "Ada")
    for began in (0, 100):
        served.away = "no"
        writer = ByHand(served, patience=0.0, bridge=writers_of(served, waiting).bridge())
        served.away = "before"
        for number in range(4):
            come_and_go(writer, ada, began + 1000 * number)
            writer._flush()
        abandon(writer)
    served.away = "no"
    enough = Enough(after=1)
    writers_of(served, waiting).store_left_behind(enough)
    assert (len(served.sightings()), len(list(waiting.glob("*.db")))) == (3, 2)
    writers_of(served, waiting).store_left_behind()
    assert (len(served.sightings()), list(waiting.glob("*.db"))) == (8, [])


class Enough(threading.Event):
    """Set once it was asked more often than that, by whoever stores."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._left = after + 1  # once before the first file

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


def test_a_file_needs_no_bridge(fresh_db: Database, waiting: Path) -> None:
    assert Writers(fresh_db, nobody, 10.0, folder=waiting).bridge() is None

"""While the server is away, what is seen waits on disk: nothing is lost with the process, and nothing stored twice."""

import logging
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db import Database, DatabaseError, DatabaseLockedError, Event, SightingWriter, prune
from db.bridge.bridge import Bridge
from db.bridge.leaving import Writers
from db.errors import DatabaseFullError
from db.events.audience import Audience
from db.events.outbox import Outbox
from db.events.telling import EVERYTHING, Telling
from db.unknowns.unknowns import Unknowns
from tests.db.bridge.served import Served
from tests.fakes import unit
from tests.people import at, enrol, picture, untold
from tests.strangers import new_stay

ROOT = Path(__file__).parents[3]
DOOR = "door's digest"


@pytest.fixture
def served() -> Iterator[Served]:
    with Served.open() as database:
        yield database


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """The folder in which it waits."""
    return tmp_path / "outages"


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


def test_an_outage_without_end_ends_no_watch_and_all_is_told_afterwards(
    served: Served, waiting: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (ada,) = enrol(served, "Ada")
    told: list[Event] = []
    with writer_of(served, waiting) as writer:
        key = writer.open("door", at(0))
        writer._flush()
        served.away = "before"
        for second in range(1, 50):
            writer.extend(key, at(second))
            writer._flush()
        writer.name(key, ada, 0.5)
        writer.note(Event(at(50), "door", "named", 1, name="Ada", similarity=0.5), key, told.append)
        writer._flush()
        assert (told, writer._in_memory) == ([], 0)
        served.away = "no"
        writer._flush()
        assert [(event.sighting, event.name) for event in told] == [(1, "Ada")]
        assert list(waiting.iterdir()) == []
    assert [(one.person, one.first_seen, one.last_seen) for one in served.sightings()] == [("Ada", at(0), at(50))]
    assert [record.getMessage() for record in caplog.records] == [
        "The database cannot be reached: check that its server runs. Until then, who is seen is kept on this machine.",
        "The database in memory is back: what has waited for it is stored.",
    ]


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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("killed", [False, True])
def test_nothing_is_lost_or_doubled_whenever_the_server_goes_and_the_run_ends(
    tmp_path: Path, seed: int, killed: bool
) -> None:
    """With the server there, away, or away before it answers."""
    undisturbed = played(seed, tmp_path / "1", killed, faulty=False)
    assert played(seed, tmp_path / "2", killed, faulty=True) == undisturbed
    assert len(undisturbed[0]) > 10
    assert undisturbed[2] > 10


def played(seed: int, folder: Path, killed: bool, faulty: bool) -> Any:
    script, faults = random.Random(seed), random.Random(seed)
    wishes = {"telling": Telling(by_visit=not killed)}  # who is killed tells of no visit's end
    with Served.open() as database:
        people = enrol(database, "Ada", "Bob")
        for life in range(3):
            database.away = "no"
            writer = writer_of(database, folder, **wishes)
            keys: list[int] = []
            for step in range(50):
                report_something(script, writer, keys, people, 1000 * life + step)
                if faults.random() < 0.5:
                    database.away = faults.choice(("no", "before", "after")) if faulty else "no"
                    writer._flush()
            writer._flush()
            if killed:
                abandon(writer)
            else:
                with writer:
                    pass
        database.away = "no"
        with writer_of(database, folder, **wishes):
            pass
        return stored(database)


def report_something(
    chance: random.Random, writer: SightingWriter, keys: list[int], people: list[int], second: int
) -> None:
    action = chance.choice(("open", "extend", "name", "note", "close")) if keys else "open"
    key = chance.choice(keys) if keys else 0
    person = chance.choice(people)
    if action == "open":
        keys.append(writer.open("door", at(second)))
    elif action == "extend":
        writer.extend(key, at(second), chance.random())
    elif action == "name":
        writer.name(key, person, chance.random())
        writer.note(Event(at(second), "door", "named", key, name="?", similarity=0.5), key, untold)
    elif action == "note":
        writer.note(Event(at(second), "door", "entered", key), key, untold)
    else:
        keys.remove(key)
        writer.note(Event(at(second), "door", "left", key, name="?"), key, untold)
        writer.close(key, at(second))


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
from tests.db.bridge.test_bridge import come_and_go, writer_of

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


def test_a_full_disk_of_this_machine_is_told_in_one_sentence(served: Served, waiting: Path) -> None:
    writer = writer_of(served, waiting)
    served.away = "before"
    writer.open("door", at(0))
    writer._flush()
    assert writer._bridge is not None
    with writer._bridge._using() as file:
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        file.execute(f"PRAGMA max_page_count = {pages}")
    writer.note(Event(at(0), "door", "camera_lost", reason="No answer. " * 4000), None, untold)
    writer._flush()
    with pytest.raises(DatabaseError, match=r"^The database .* cannot grow because the disk is full: free some space"):
        writer.open("door", at(1))
    with pytest.raises(DatabaseError, match=r"the last 1 report got lost: .* the disk is full"), writer:
        pass


def test_a_full_disk_at_the_server_is_waited_for(
    served: Served, waiting: Path, caplog: pytest.LogCaptureFixture
) -> None:
    served.error = DatabaseFullError("The database cannot grow because the disk is full: free some space.")
    with writer_of(served, waiting) as writer:
        served.away = "before"
        writer.open("door", at(0))
        writer._flush()
        writer.open("hall", at(0))
        served.away = "no"
    assert len(served.sightings()) == 2
    assert caplog.text.count("the disk is full") == 1


def test_a_server_that_refuses_for_good_ends_the_watch_and_nothing_is_lost(served: Served, waiting: Path) -> None:
    served.error = DatabaseError("The database is read-only: allow writing.")
    writer = writer_of(served, waiting)
    served.away = "before"
    writer.open("door", at(0))
    writer._flush()
    with pytest.raises(DatabaseError, match=r"^The database is read-only: allow writing\.$"):
        writer.open("hall", at(1))
    with pytest.raises(DatabaseError, match=r"^The database is read-only: allow writing\.$"), writer:
        pass
    served.away = "no"
    with writer_of(served, waiting):
        assert len(served.sightings()) == 1


def test_whoever_was_erased_meanwhile_is_not_named(served: Served, waiting: Path, tmp_path: Path) -> None:
    (ada,) = enrol(served, "Ada")
    with writer_of(served, waiting) as writer:
        served.away = "before"
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.5, picture(tmp_path / "1.jpg"))
        writer._flush()
        served.away = "no"
        served.remove("Ada")
    assert [(one.person, one.snapshot) for one in served.sightings()] == [(None, None)]
    assert not (tmp_path / "1.jpg").exists()


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


def test_nobody_asks_how_far_a_run_came_that_has_ended(served: Served, waiting: Path) -> None:
    def runs() -> int:
        with served.reading() as session:
            return int(session.connection().exec_driver_sql("SELECT count(*) FROM writer").scalar() or 0)

    for _ in range(2):
        with writer_of(served, waiting) as writer:
            writer.open("door", at(0))
            writer._flush()
            assert runs() == 1
    assert runs() == 0
    writer = writer_of(served, waiting)
    writer.open("door", at(0))
    writer._flush()
    prune(served, at(1e9))
    assert runs() == 0


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

"""While the server is away, what is seen waits on disk: none of it is lost, and none is stored twice."""

import random
from pathlib import Path
from typing import Any

import pytest

from db import DatabaseError, Event, SightingWriter, prune
from db.errors import DatabaseFullError
from db.events.telling import Telling
from tests.db.bridge.runs import abandon, stored, writer_of
from tests.db.bridge.served import Served
from tests.people import at, enrol, picture, untold


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
    seconds = [0]  # that have passed
    wishes = {"telling": Telling(by_visit=not killed), "now": lambda: at(seconds[0])}  # a kill tells of no visit's end
    with Served.open() as database:
        people = enrol(database, "Ada", "Bob")
        for life in range(3):
            database.away = "no"
            writer = writer_of(database, folder, **wishes)
            keys: list[int] = []
            for step in range(50):
                seconds[0] = 1000 * life + step
                report_something(script, writer, keys, people, seconds[0])
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

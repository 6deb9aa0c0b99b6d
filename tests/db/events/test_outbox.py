"""Events wait in the database: in order, over restarts, bounded, and never for two senders at once."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db import Database, Event, SightingWriter, prune
from db.events.audience import Audience
from db.events.outbox import LEASE, Message, Outbox, digest
from db.sightings.course import Course
from db.sightings.intervals import Intervals
from tests.db.events.messages import taken
from tests.people import at, enrol, untold

DOOR = digest("https://ada:pa55@door/hook")
DAY = 86_400


def outbox(database: Database, sink: str = DOOR, seconds: float = 0, limit: int = 10) -> Outbox:
    return Outbox(database, sink, limit, now=lambda: at(seconds))


def lost(second: float) -> Event:
    return Event(at(second), "door", "camera_lost", reason="No answer.")


def put(database: Database, *events: Event, sinks: Sequence[str] = (DOOR,)) -> None:
    with SightingWriter(database, audience=Audience(outboxes=[outbox(database, sink) for sink in sinks])) as writer:
        for event in events:
            writer.note(event, None, untold)


def test_messages_come_out_in_order_and_wait_until_they_are_removed(fresh_db: Database) -> None:
    put(fresh_db, lost(0), lost(1))
    box = outbox(fresh_db)
    first = box.claim()
    assert first == box.claim() == Message(1, lost(0))
    assert len(box) == 2
    assert taken(box) == [lost(0), lost(1)]
    assert len(box) == 0


def test_each_sink_has_its_own_queue_whose_name_tells_no_password(fresh_db: Database) -> None:
    hall = digest("https://hall/hook")
    put(fresh_db, lost(0), sinks=[DOOR, hall])
    assert taken(outbox(fresh_db)) == [lost(0)]
    assert len(outbox(fresh_db, hall)) == 1
    assert "pa55" not in DOOR != hall


def test_nobody_else_sends_what_is_claimed_or_what_comes_after_it(fresh_db: Database) -> None:
    put(fresh_db, lost(0), lost(1))
    ours, theirs = outbox(fresh_db), outbox(fresh_db)
    message = ours.claim()
    assert message is not None
    assert theirs.claim() is None
    ours.remove(message)
    assert theirs.claim() == Message(2, lost(1))


def test_what_is_released_or_was_claimed_by_the_dead_is_free_again(fresh_db: Database) -> None:
    put(fresh_db, lost(0))
    ours = outbox(fresh_db)
    assert ours.claim() is not None
    ours.release()
    assert outbox(fresh_db).claim() is not None
    assert outbox(fresh_db, seconds=1).claim() is None
    assert outbox(fresh_db, seconds=LEASE.total_seconds() + 1).claim() is not None


SEND = """
import sys
from datetime import UTC, datetime
from db import Database
from db.events.outbox import Outbox
with Database.open(sys.argv[1], timeout=60) as database:
    box = Outbox(database, sys.argv[2])
    while len(box):
        if message := box.claim():
            print(message.id)
            box.remove(message)
"""


def test_two_processes_never_send_one_twice(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as database:
        put(database, *(lost(second) for second in range(40)))
    command = [sys.executable, "-c", SEND, tmp_path / "people.db", DOOR]
    both = [subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE) for _ in range(2)]
    sent = [int(line) for process in both for line in process.communicate()[0].split()]
    assert sorted(sent) == list(range(1, 41))


def test_the_oldest_beyond_the_limit_are_given_up(fresh_db: Database) -> None:
    put(fresh_db, *(lost(second) for second in range(5)), sinks=[DOOR, "b" * 16])
    assert outbox(fresh_db, limit=5).trim() == 0
    box = outbox(fresh_db, limit=2)
    assert box.trim() == 3
    assert len(outbox(fresh_db, "b" * 16)) == 5
    assert taken(box) == [lost(3), lost(4)]


@pytest.fixture
def named(fresh_db: Database) -> Database:
    """Ada has entered, and was named a second later; both events wait."""
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db, audience=Audience(outboxes=[outbox(fresh_db)])) as writer:
        key = writer.open("door", at(0))
        writer.note(Event(at(0), "door", "entered", track=1), key, untold)
        writer.name(key, ada, 0.5)
        writer.note(Event(at(1), "door", "named", track=1, name="Ada", similarity=0.5), key, untold)
    return fresh_db


def test_a_name_is_told_where_it_was_known_when_it_happened(named: Database) -> None:
    assert [(event.event, event.name, event.similarity, event.sighting) for event in taken(outbox(named))] == [
        ("entered", None, None, 1),
        ("named", "Ada", 0.5, 1),
    ]


def test_whoever_is_renamed_or_merged_meanwhile_is_told_by_the_new_name(named: Database) -> None:
    named.rename("Ada", "Ada Lovelace")
    enrol(named, "Countess")
    named.merge("Ada Lovelace", into="Countess")
    assert [event.name for event in taken(outbox(named))] == [None, "Countess"]


def test_of_whoever_is_erased_nothing_waits_any_more(named: Database) -> None:
    put(named, lost(5))
    assert named.remove("Ada").messages == 2
    assert taken(outbox(named)) == [lost(5)]


def test_what_has_aged_out_waits_no_more(named: Database) -> None:
    put(named, lost(20 * DAY))
    prune(named, at(40 * DAY), days=30)
    assert taken(outbox(named)) == [lost(20 * DAY)]


def test_messages_of_sightings_that_become_one_stay(named: Database) -> None:
    ada = named.person("Ada").id
    with SightingWriter(named, audience=Audience(outboxes=[outbox(named)])) as writer:
        key = writer.open("door", at(4))
        writer.note(Event(at(4), "door", "entered", track=2), key, untold)
        writer.name(key, ada, 0.5)
    assert [event.sighting for event in taken(outbox(named))] == [1, 1, 1]


def test_a_message_is_stored_with_what_it_tells_or_not_at_all(fresh_db: Database) -> None:
    def interrupted(session: Session) -> None:
        Intervals(session, Course(), timedelta(0), at(0), [DOOR]).note(None, lost(0), untold)
        raise RuntimeError

    with pytest.raises(RuntimeError), fresh_db.writing() as session:
        interrupted(session)
    assert (fresh_db.events(), len(outbox(fresh_db))) == ([], 0)

"""Events in the database: found, erased, merged and exported with their sightings."""

import json
import time
from pathlib import Path

import pytest

from db import Database, Event, SightingWriter, UnknownPersonError, prune
from tests.people import at, enrol, untold

DAY = 86_400


@pytest.fixture
def happened(fresh_db: Database) -> Database:
    """Ada at the door from 0 to 10 s, a stranger in the hall from 20 s on, whose camera is lost at 30 s."""
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.note(Event(at(0), "door", "entered", track=1), key, untold)
        writer.name(key, ada, 0.5)
        writer.note(Event(at(1), "door", "named", track=1, name="Ada", similarity=0.5), key, untold)
        writer.note(Event(at(10), "door", "left", track=1, name="Ada", similarity=0.5), key, untold)
        writer.close(key, at(10))
        stranger = writer.open("hall", at(20))
        writer.note(Event(at(20), "hall", "entered", track=2), stranger, untold)
        writer.note(Event(at(30), "hall", "camera_lost", reason="No answer."), None, untold)
    return fresh_db


def told(events: list[Event]) -> list[tuple[str, str | None]]:
    return [(event.event, event.name) for event in events]


def test_all_are_told_from_the_earliest_with_the_name_that_the_sighting_has_by_now(happened: Database) -> None:
    ada, stranger = happened.sightings()
    assert happened.events() == [
        Event(at(0), "door", "entered", 1, ada.id, "Ada"),
        Event(at(1), "door", "named", 1, ada.id, "Ada", 0.5),
        Event(at(10), "door", "left", 1, ada.id, "Ada", 0.5),
        Event(at(20), "hall", "entered", 2, stranger.id),
        Event(at(30), "hall", "camera_lost", reason="No answer."),
    ]


def test_they_are_found_by_time_camera_and_name(happened: Database) -> None:
    assert told(happened.events(since=at(10), until=at(20))) == [("left", "Ada"), ("entered", None)]
    assert told(happened.events(camera="hall")) == [("entered", None), ("camera_lost", None)]
    assert told(happened.events(name="ada", since=at(5))) == [("left", "Ada")]
    with pytest.raises(UnknownPersonError):
        happened.events(name="Bob")


def test_they_are_erased_with_the_person(happened: Database) -> None:
    happened.remove("Ada")
    assert told(happened.events()) == [("entered", None), ("camera_lost", None)]


def test_they_follow_a_new_name_and_a_merger(happened: Database) -> None:
    happened.rename("Ada", "Ada Lovelace")
    assert happened.events()[1].name == "Ada Lovelace"
    enrol(happened, "Countess")
    happened.merge("Ada Lovelace", into="Countess")
    assert len(happened.events(name="Countess")) == 3


def test_they_age_out_like_sightings(happened: Database) -> None:
    prune(happened, at(25 + 30 * DAY), days=30)
    assert told(happened.events()) == [("camera_lost", None)]


def test_they_are_exported_with_the_person(happened: Database, tmp_path: Path) -> None:
    exported = json.loads((happened.export("Ada", tmp_path) / "person.json").read_text("utf-8"))["events"]
    assert [event["event"] for event in exported] == ["entered", "named", "left"]
    assert exported == [event.as_dict() for event in happened.events(name="Ada")]


def test_when_sightings_become_one_their_events_stay(happened: Database) -> None:
    events: list[Event] = []
    ada = happened.person("Ada").id
    with SightingWriter(happened) as writer:
        key = writer.open("door", at(12))
        writer.note(Event(at(12), "door", "entered", track=3), key, events.append)
        writer.name(key, ada, 0.5)
    (sighting,) = happened.sightings(name="Ada")
    assert [event.sighting for event in events] == [sighting.id]
    assert [event.event for event in happened.events(name="Ada")] == ["entered", "named", "left", "entered"]


def test_somebody_erased_meanwhile_leaves_without_a_name(happened: Database) -> None:
    events: list[Event] = []
    ada = happened.person("Ada").id
    with SightingWriter(happened, interval=0.01) as writer:
        key = writer.open("door", at(12))
        writer.name(key, ada, 0.5)
        writer.note(Event(at(12), "door", "entered", track=3), key, events.append)
        while not events:
            time.sleep(0.01)
        happened.remove("Ada")
        writer.note(Event(at(13), "door", "left", track=3, name="Ada", similarity=0.5), key, events.append)
    assert [(event.event, event.sighting is None) for event in events] == [("entered", False), ("left", True)]
    assert (events[1].name, events[1].similarity) == (None, None)
    assert told(happened.events()) == [("left", None), ("entered", None), ("camera_lost", None)]


def test_somebody_renamed_meanwhile_leaves_by_the_new_name(happened: Database) -> None:
    events: list[Event] = []
    ada = happened.person("Ada").id
    with SightingWriter(happened) as writer:
        key = writer.open("door", at(12))
        writer.name(key, ada, 0.5)
        happened.rename("Ada", "Ada Lovelace")
        writer.note(Event(at(13), "door", "left", track=3, name="Ada", similarity=0.5), key, events.append)
    assert [event.name for event in events] == ["Ada Lovelace"]


def test_who_was_named_last_is_somebody_who_is_still_known(happened: Database) -> None:
    (bob,) = enrol(happened, "Bob")
    with SightingWriter(happened) as writer:
        key = writer.open("door", at(40))
        writer.name(key, bob, 0.5)
        writer.note(Event(at(40), "door", "named", track=3, name="Bob", similarity=0.5), key, untold)

    def name() -> str | None:
        event = happened.last_named("door")
        return event and event.name

    assert name() == "Bob"
    happened.remove("Bob")
    assert name() == "Ada"
    happened.remove("Ada")
    assert name() is None

"""What is told of those who come, are named and leave."""

import pytest

from db import SightingWriter
from stream.gallery.identity import UNKNOWN, Identity
from tests.stream.sightings.scenes import START, frame, log_of, track


@pytest.fixture
def told(record):
    """Records likewise, and gives the sightings and the events."""

    def run(*moments):
        events = []
        return record(*moments, tell=events.append), events

    return run


def seconds(event):
    return (event.time - START).total_seconds()


def test_coming_being_named_and_leaving_are_told_in_order_with_the_sightings_id(told, ada):
    named = Identity("named", ada, 0.7)
    sightings, events = told(
        (1.0, [(track(5, seen=1.0), UNKNOWN)]),
        (2.0, [(track(5, seen=2.0), named)]),
        (3.0, [(track(5, seen=2.5), named)]),
        (5.0, []),
    )
    assert [(event.event, seconds(event), event.name, event.similarity) for event in events] == [
        ("entered", 0.0, None, None),
        ("named", 2.0, "Ada", 0.7),
        ("left", 2.5, "Ada", 0.7),
    ]
    assert {(event.camera, event.track, event.sighting) for event in events} == {("door", 5, sightings[0].id)}
    assert {event.reason for event in events} == {None}


def test_a_stranger_comes_and_leaves_without_a_name(told, ada):
    _, events = told((1.0, [(track(), Identity("probable", ada, 0.7))]), (5.0, []))
    assert [(event.event, event.name, event.similarity) for event in events] == [
        ("entered", None, None),
        ("left", None, None),
    ]


def test_a_flicker_is_not_told(told):
    assert told((0.0, [(track(hits=2), UNKNOWN)]), (5.0, []))[1] == []


def test_a_name_taken_back_is_told_as_a_name_of_nobody_that_says_why(told, ada):
    sightings, events = told(
        (1.0, [(track(seen=1.0), Identity("named", ada, 0.7))]), (2.0, [(track(seen=2.0), UNKNOWN)]), (5.0, [])
    )
    assert [(event.event, event.name, event.sighting) for event in events] == [
        ("entered", None, sightings[0].id),
        ("named", "Ada", sightings[0].id),
        ("named", None, sightings[1].id),
        ("left", None, sightings[1].id),
    ]
    assert events[2].reason == "The name is another than before."
    assert events[2].similarity is None


def test_whoever_is_there_at_the_end_is_told_to_have_left(told):
    _, events = told((1.0, [(track(1), UNKNOWN), (track(2), UNKNOWN)]))
    assert [(event.event, event.track) for event in events[2:]] == [("left", 1), ("left", 2)]
    assert {event.reason for event in events[2:]} == {"The watch ended."}


def test_coming_back_soon_is_told_with_the_id_of_the_sighting_that_goes_on(told, ada):
    named = Identity("named", ada, 0.7)
    sightings, events = told(
        (1.0, [(track(1, seen=1.0), named)]), (2.0, []), (5.0, [(track(2, seen=5.0, started=4.0), named)])
    )
    assert [event.sighting for event in events if event.event == "named"] == [sightings[0].id] * 2


def test_with_patience_it_is_told_that_somebody_came_once_it_is_sure_that_they_have_no_name(record, ada):
    events, named = [], Identity("named", ada, 0.7)
    who = {1.0: UNKNOWN, 3.0: named, 6.0: named}
    moments = [(t, [(track(1, seen=t), UNKNOWN), (track(2, seen=t), second)]) for t, second in who.items()]
    last = [(t, [(track(3, seen=t, started=7.0), UNKNOWN)]) for t in (7.0, 8.0)]
    record(*moments, *last, tell=events.append, patience=5.0)
    assert [(event.track, event.event) for event in events] == [
        (2, "named"), (1, "entered"), (1, "left"), (2, "left"), (3, "entered"), (3, "left")
    ]  # fmt: skip


def test_of_a_stranger_who_is_there_for_less_than_a_second_nothing_is_told_where_names_are_waited_for(record, ada):
    def told(identity: Identity, **options) -> list[str]:
        events = []
        moments = [(t, [(track(1, seen=t, started=1.0), identity)]) for t in (1.0, 1.9)]
        record(*moments, tell=events.append, **options)
        return [event.event for event in events]

    assert told(UNKNOWN, patience=5.0) == []
    assert told(UNKNOWN) == ["entered", "left"]
    assert told(Identity("named", ada, 0.7), patience=5.0) == ["named", "left"]


def test_a_picture_is_no_sighting_and_whoever_was_told_of_somebody_is_told_that_nobody_is_there(fresh_db, ada):
    events, named = [], Identity("named", ada, 0.7)
    with SightingWriter(fresh_db) as writer:
        log = log_of(writer, tell=events.append)
        log.record(frame(1.0), [track(1, seen=1.0), track(2, seen=1.0)], [named, UNKNOWN])
        log.retract(1)
        log.record(frame(2.0), [track(2, seen=2.0)], [UNKNOWN])
        log.end()
    assert [sighting.person for sighting in fresh_db.sightings()] == [None]
    told = [(event.event, event.name, event.reason) for event in events if event.track == 1]
    assert told[-1] == ("left", None, "It is a picture, not a person.")
    assert [event.event for event in events if event.track == 2] == ["entered", "left"]

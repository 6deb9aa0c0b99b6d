"""Which events are told: all, or one for each visit, of some people only, and not too often."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from db import Database, Event, SightingWriter, UnknownPersonError
from db.events.audience import Audience
from db.events.outbox import Outbox, digest
from db.events.telling import UNKNOWN, Telling, told_of
from tests.people import at, enrol, picture

VISITS = Telling(by_visit=True, gap=timedelta(seconds=60))
STRANGERS = [("entered", None), ("left", None), ("entered", None), ("left", "Bob")]
Script = list[tuple[float, str, int, str, str | None]]


@pytest.fixture
def told(fresh_db: Database) -> Callable[..., list[tuple[str, str, str | None]]]:
    """What is told of (time, camera, track, event, name), as (camera, event, name)."""
    ids = dict(zip(("Ada", "Bob"), enrol(fresh_db, "Ada", "Bob"), strict=True))

    def run(telling: Telling, script: Script) -> list[tuple[str, str, str | None]]:
        events: list[Event] = []
        clock = [at(0)]
        audience = Audience(telling=telling)
        with SightingWriter(fresh_db, interval=1000, audience=audience, now=lambda: clock[0]) as writer:
            keys: dict[int, int] = {}
            for t, camera, track, event, name in script:
                clock[0] = at(t)
                if track not in keys:
                    keys[track] = writer.open(camera, at(t))
                if event == "named":
                    writer.name(keys[track], ids.get(name or ""), 0.7)
                writer.note(Event(at(t), camera, event, track, name=name), keys[track], events.append)  # type: ignore[arg-type]
                if event == "left":
                    writer.close(keys[track], at(t))
                stored(writer)
        return [(event.camera, event.event, event.name) for event in events]

    return run


def stored(writer: SightingWriter) -> None:
    """Wait until the writer has stored all that it was told."""
    while writer._pending:
        time.sleep(0.002)


ADA_OVER_TWO_CAMERAS: Script = [
    (0, "door", 1, "named", "Ada"),
    (10, "door", 1, "left", "Ada"),
    (30, "hall", 2, "named", "Ada"),
    (40, "hall", 2, "left", "Ada"),
]


def test_a_visit_over_two_cameras_is_told_once_and_its_end_once(told) -> None:
    assert told(VISITS, ADA_OVER_TWO_CAMERAS) == [("door", "named", "Ada"), ("hall", "left", "Ada")]


def test_all_of_it_is_told_by_track(told) -> None:
    assert len(told(Telling(), ADA_OVER_TWO_CAMERAS)) == 4


def test_after_the_gap_it_is_another_visit_whose_end_is_told_when_it_is_sure(told) -> None:
    script = [*ADA_OVER_TWO_CAMERAS, (90, "door", 3, "entered", None), (101, "door", 4, "named", "Ada")]
    names = [(camera, event) for camera, event, name in told(VISITS, script) if name]
    assert names == [("door", "named"), ("hall", "left"), ("door", "named")]


def test_nobody_leaves_as_long_as_another_camera_sees_them(told) -> None:
    script: Script = [
        (0, "door", 1, "named", "Ada"),
        (5, "hall", 2, "named", "Ada"),
        (10, "door", 1, "left", "Ada"),
        (200, "hall", 3, "entered", None),
    ]
    assert told(VISITS, script) == [("door", "named", "Ada"), ("hall", "entered", None)]


def test_whoever_came_as_a_stranger_and_has_a_name_then_leaves_once(told) -> None:
    script: Script = [
        (0, "door", 1, "entered", None),
        (8, "door", 1, "named", "Ada"),
        (10, "door", 1, "left", "Ada"),
    ]
    assert [event for _, event, _ in told(VISITS, script)] == ["entered", "named", "left"]


@pytest.mark.parametrize(
    ("names", "events"),
    [
        ("ada", [("named", "Ada"), ("left", "Ada")]),
        ("unknown", STRANGERS),
        ("Unknown, Ada", [("named", "Ada"), ("left", "Ada"), *STRANGERS]),
    ],
)
def test_only_those_are_told_of_who_are_wanted(told, fresh_db: Database, names: str, events) -> None:
    script: Script = [
        (0, "door", 1, "named", "Ada"),
        (1, "door", 1, "left", "Ada"),
        (2, "door", 2, "entered", None),
        (3, "door", 2, "left", None),
        (4, "door", 3, "entered", None),
        (5, "door", 3, "named", "Bob"),
        (6, "door", 3, "left", "Bob"),
    ]
    found = told(Telling(wanted=told_of(fresh_db, names)), script)
    assert [(event, name) for _, event, name in found] == events  # whoever was told to have come is told to have left


def test_somebody_is_not_told_of_again_before_the_cooldown_is_over(told) -> None:
    script: Script = [(t, "door", t, "named", name) for t, name in ((1, "Ada"), (20, "Ada"), (30, "Bob"), (62, "Ada"))]
    found = told(Telling(cooldown=timedelta(seconds=60)), script)
    assert [name for _, _, name in found] == ["Ada", "Bob", "Ada"]


@pytest.mark.parametrize("wished", [VISITS, Telling(cooldown=timedelta(seconds=60))])
def test_a_clock_that_is_set_back_by_an_hour_keeps_nobody_from_being_told_of_for_as_long(told, wished) -> None:
    """It was wrong until it was told the right time."""
    before: Script = [(3600, "door", 1, "named", "Ada"), (3610, "door", 1, "left", "Ada")]
    after: Script = [(20, "door", 2, "named", "Ada"), (30, "door", 2, "left", "Ada")]
    assert told(wished, before + after) == [(camera, event, name) for _, camera, _, event, name in before + after]


def test_nobody_is_told_of_who_was_erased_before_the_visit_was_over(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    events: list[Event] = []
    with SightingWriter(fresh_db, interval=1000, audience=Audience(telling=VISITS), now=lambda: at(10)) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.7)
        writer.note(Event(at(0), "door", "named", 1, name="Ada"), key, events.append)
        writer.note(Event(at(9), "door", "left", 1, name="Ada"), key, events.append)
        stored(writer)
        fresh_db.remove("Ada")
    assert [event.event for event in events] == ["named"]


@pytest.mark.parametrize("name", [None, "Bob"])
def test_the_visit_of_somebody_who_was_named_by_mistake_ends_once_that_is_known(told, name: str | None) -> None:
    script: Script = [
        *((t, "hall", 9, "left", None) for t in (0, 31)),  # by then the writer has looked for what others left open
        (40, "door", 1, "named", "Ada"),
        (50, "door", 1, "named", name),
        (130, "hall", 2, "named", "Bob"),
        (135, "door", 1, "left", name),
        (139, "hall", 2, "left", "Bob"),
    ]
    events = [(event, name) for _, event, name in told(VISITS, script)]
    left = ("left", "Ada")
    bob = ("named", "Bob")
    assert events == [("named", "Ada"), *([bob, left] if name else [left, bob]), ("left", "Bob")]


def test_somebody_who_turns_out_to_be_another_while_there_is_not_told_to_have_left(fresh_db: Database) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    events: list[Event] = []
    clock = [at(0)]
    with SightingWriter(fresh_db, interval=1000, audience=Audience(telling=VISITS), now=lambda: clock[0]) as writer:
        key = writer.open("door", at(0))
        for t, person, name in ((0, ada, "Ada"), (10, bob, "Bob")):
            clock[0] = at(t)
            writer.name(key, person, 0.7)
            writer.note(Event(at(t), "door", "named", 1, name=name), key, events.append)
            stored(writer)
            if person == ada:
                fresh_db.merge("Ada", "Bob")
        clock[0] = at(100)
        writer.note(Event(at(100), "door", "entered", 2), writer.open("door", at(100)), events.append)
        stored(writer)
        writer.note(Event(at(110), "door", "left", 1), key, events.append)
    told = [(event.event, event.name) for event in events if event.track == 1]
    assert told == [("named", "Ada"), ("named", "Bob"), ("left", "Bob")]


def test_what_is_not_told_is_stored_and_does_not_wait_for_the_webhook(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    box = Outbox(fresh_db, digest("https://hall/hook"))
    audience = Audience(outboxes=[box], telling=Telling(wanted=frozenset([ada])))
    with SightingWriter(fresh_db, audience=audience) as writer:
        key = writer.open("door", at(0))
        writer.note(Event(at(0), "door", "entered", 1), key, lambda _: None)
        writer.note(Event(at(0), "door", "camera_lost"), None, lambda _: None)
    assert [event.event for event in fresh_db.events()] == ["entered", "camera_lost"]
    assert len(box) == 1


def test_whoever_is_told_of_a_name_finds_the_picture(fresh_db: Database, tmp_path: Path) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    found: list[bytes] = []
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.7, picture(tmp_path / "ada.jpg"))
        event = Event(at(0), "door", "named", 1, name="Ada")
        writer.note(event, key, lambda told: found.append(Path(told.as_dict()["snapshot"]).read_bytes()))
    assert found == [b"a face"]


def test_a_name_that_is_nobodys_is_told(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    assert told_of(fresh_db, UNKNOWN) == {None}
    with pytest.raises(UnknownPersonError, match="did you mean Ada"):
        told_of(fresh_db, "unknown,Adda")

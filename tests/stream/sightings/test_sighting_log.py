"""Tracks become sightings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from db import SightingWriter
from db.evidence.evidence import EvidenceOf
from db.schema.tables import utc_now
from db.unknowns.unknowns import Unknowns
from stream.events.event import untold
from stream.evidence.accounts import Accounts
from stream.frame import Frame
from stream.gallery.identity import UNKNOWN, Identity
from stream.sightings.announcer import Announcer
from stream.sightings.sighting_log import SightingLog
from stream.sightings.source_clock import SourceClock
from stream.unknowns.strangers import Strangers
from tests.evidence import new_look, unnamed
from tests.fakes import make_face, unit, weighed
from tests.people import DIGEST, new_sample, picture
from tracker import Track

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def track(number: int = 1, seen: float = 0.0, hits: int = 3, started: float = 0.0) -> Track:
    return Track(number, np.array([10, 10, 50, 60], np.float32), 0.9, started, seen, hits)


def frame(t: float) -> Frame:
    return Frame(np.zeros((90, 120, 3), np.uint8), round(t * 10), t, "door")


@pytest.fixture
def ada(fresh_db):
    return fresh_db.add_samples("Ada", [new_sample()])


def log_of(writer, tell=untold, patience=0.0, now=utc_now, recorded=False, accounts=None, **kept) -> SightingLog:
    clock = SourceClock(START, now, recorded)
    return SightingLog(writer, clock, Announcer(writer, tell, patience), accounts or Accounts("a" * 64), **kept)


@pytest.fixture
def record(fresh_db):
    """Records (t, [(track, identity)]) and gives the sightings."""

    def run(*moments, **options):
        with SightingWriter(fresh_db) as writer:
            log = log_of(writer, **options)
            for t, people in moments:
                log.record(frame(t), [who for who, _ in people], [identity for _, identity in people])
            log.end()
        return fresh_db.sightings()

    return run


def test_a_track_is_one_interval_from_its_first_to_its_last_detection(record):
    sightings = record((1.0, [(track(seen=1.0), UNKNOWN)]), (4.0, [(track(seen=3.5), UNKNOWN)]), (6.0, []))
    assert [(seen.first_seen, seen.last_seen) for seen in sightings] == [(START, START + timedelta(seconds=3.5))]
    assert sightings[0].person is None
    assert sightings[0].camera == "door"


def test_a_recording_watched_again_is_another_sighting_and_within_one_run_it_is_one(record, ada, fresh_db):
    twice = [(t, [(track(1 + (t > 2), seen=t, started=t), Identity("named", ada, 0.7))]) for t in (1.0, 4.0)]
    assert len(record(*twice, recorded=True)) == 1
    assert len(record(*twice, recorded=True)) == 2
    assert len(record(*twice)) == 3
    assert len(record(*twice)) == 3  # as a camera's does, a moment after a new start


def test_nothing_that_was_recorded_is_dated_in_the_future(record, ada):
    now = START + timedelta(seconds=2)
    moments = [(t, [(track(seen=t), Identity("named", ada, 0.7))]) for t in (1.0, 600.0)]
    seen = record(*moments, recorded=True, now=lambda: now)
    assert [(one.first_seen, one.last_seen) for one in seen] == [(START, now)]


def test_a_flicker_is_nobody(record):
    assert record((0.0, [(track(hits=1), UNKNOWN)]), (0.1, [(track(hits=2), UNKNOWN)])) == []


def test_a_name_decided_later_holds_from_the_tracks_beginning(record, ada):
    named = Identity("named", ada, 0.7)
    sightings = record((1.0, [(track(seen=1.0), UNKNOWN)]), (2.0, [(track(seen=2.0), named)]))
    assert [(seen.person, seen.first_seen) for seen in sightings] == [("Ada", START)]
    assert sightings[0].similarity == pytest.approx(0.7)


def test_a_stranger_who_was_given_up_and_is_seen_again_is_not_there_twice_at_a_time(record):
    seen = record((1.0, [(track(seen=1.0), UNKNOWN)]), (7.0, []), (7.5, [(track(seen=6.0), UNKNOWN)]))
    between = START + timedelta(seconds=1)
    stays = sorted((one.first_seen, one.last_seen) for one in seen)
    assert stays == [(START, between), (between, START + timedelta(seconds=6))]


def test_a_stranger_who_is_given_up_again_while_it_is_waited_for_a_name_leaves_a_stay_each_time(fresh_db):
    face = make_face(unit(1))
    strangers = Strangers(DIGEST, lambda *_: None, lambda: 0.5)
    with SightingWriter(fresh_db) as writer:
        log = log_of(writer, strangers=strangers)
        for t, seen in ((1.0, 1.0), (7.0, 6.5)):
            strangers.note(weighed(1, face, [face], frame(t).image))
            log.record(frame(t), [track(seen=seen)], [UNKNOWN])
            log.record(frame(t + 5.5), [], [])
        log.end()
    stays = [stay for number in (1, 2) for stay in Unknowns(fresh_db).stays(number)]
    seconds = [((stay.first_seen - START).total_seconds(), (stay.last_seen - START).total_seconds()) for stay in stays]
    assert seconds == [(0.0, 1.0), (1.0, 6.5)]


def test_a_probable_name_is_not_recorded(record, ada):
    assert record((1.0, [(track(), Identity("probable", ada, 0.7))]))[0].person is None


def test_a_name_taken_back_makes_a_stranger_again(record, ada):
    sightings = record((1.0, [(track(seen=1.0), Identity("named", ada, 0.7))]), (2.0, [(track(seen=2.0), UNKNOWN)]))
    assert sightings[-1].person is None


def test_a_sighting_keeps_no_similarity_to_somebody_else(record, ada):
    bob = replace(ada, id=ada.id + 1, name="Bob")
    for state in ("probable", "named"):
        sightings = record(
            (1.0, [(track(seen=1.0), Identity("named", ada, 0.61))]),
            (2.0, [(track(seen=2.0), Identity(state, bob, 0.93))]),
        )
        assert [seen.similarity for seen in sightings if seen.person == "Ada"] == [pytest.approx(0.61)]


def test_the_times_of_a_camera_follow_the_clock_where_it_jumps(fresh_db):
    slept = [timedelta(0)]
    with SightingWriter(fresh_db) as writer:
        log = log_of(writer, now=lambda: START + timedelta(seconds=1) + slept[0])
        log.record(replace(frame(1.0), arrived=1.0), [track(1, seen=1.0)], [UNKNOWN])
        slept[0] = timedelta(hours=8)
        log.record(replace(frame(1.1), arrived=1.1), [track(2, seen=1.1, started=1.1)], [UNKNOWN])
        log.end()
    hours = [(seen.first_seen - START) // timedelta(hours=1) for seen in fresh_db.sightings()]
    assert sorted(hours) == [0, 8]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1)], ids=["set back", "put forward"])
def test_a_stay_is_as_long_as_it_was_though_the_clock_jumps_meanwhile_and_nobody_is_told_to_leave(fresh_db, ada, jump):
    named, behind, events = Identity("named", ada, 0.7), timedelta(0), []
    with SightingWriter(fresh_db) as writer:
        log = log_of(writer, tell=events.append, now=lambda: START + timedelta(seconds=t) + behind)
        for t in (1.0, 2.0, 3.0, 4.0):
            behind = jump if t > 2 else timedelta(0)
            log.record(replace(frame(t), arrived=t), [track(seen=t)], [named])
        log.end()
    stays = [(seen.person, seen.first_seen - START, seen.last_seen - START) for seen in fresh_db.sightings()]
    assert sorted(stays, key=lambda stay: abs(stay[1])) == [
        ("Ada", timedelta(seconds=0), timedelta(seconds=2)),
        ("Ada", jump + timedelta(seconds=3), jump + timedelta(seconds=4)),
    ]
    assert [event.event for event in events] == ["entered", "named", "left"]


def test_two_tracks_are_two_sightings(record):
    assert len(record((1.0, [(track(1), UNKNOWN), (track(2), UNKNOWN)]))) == 2


def test_the_picture_taken_at_naming_is_kept(record, ada, tmp_path):
    taken = []

    def snapshot(frame, track, identity, moment):
        taken.append((identity.name, moment))
        return picture(tmp_path / "ada.jpg")

    named = Identity("named", ada, 0.7)
    moments = [(t, [(track(seen=t), named)]) for t in (1.0, 2.0, 3.0)]
    sightings = record(*moments, snapshot=snapshot)
    assert taken == [("Ada", START + timedelta(seconds=1))]
    assert sightings[0].snapshot == str(tmp_path / "ada.jpg")


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
    assert events[2].reason == "It is not the person named before."
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


class Taken:
    """Stands for the accounts of tracks."""

    def named(self, track, moment):
        return [replace(new_look(1), time=moment(1.0))]

    def left(self, track, moment, is_named):
        further = [replace(new_look(1), time=moment(2.0))] if is_named else []
        return further, unnamed("" if is_named else "too small")


def test_the_looks_behind_a_name_are_kept_with_its_sighting_and_why_another_has_none(record, fresh_db, ada):
    named = Identity("named", ada, 0.7)
    moments = [(t, [(track(1, seen=t), named), (track(2, seen=t), UNKNOWN)]) for t in (1.0, 2.0)]
    record(*moments, accounts=Taken())
    of_ada = next(seen.id for seen in fresh_db.sightings() if seen.person)
    times = [look.time - START for look in EvidenceOf(fresh_db).looks(of_ada)]
    assert times == [timedelta(seconds=1), timedelta(seconds=2)]
    reasons = {sighting.person: one.reason for sighting, one in EvidenceOf(fresh_db).latest(9)}
    assert reasons == {"Ada": "", None: "too small"}


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


def test_who_was_there_before_a_picture_of_them_stays_seen(fresh_db, ada):
    named = Identity("named", ada, 0.7)
    with SightingWriter(fresh_db) as writer:
        log = log_of(writer)
        log.record(frame(1.0), [track(1, seen=1.0)], [named])
        log.record(frame(3.0), [track(2, seen=3.0, started=3.0)], [named])
        log.retract(2)
        log.end()
    (sighting,) = fresh_db.sightings()
    assert (sighting.person, sighting.first_seen) == ("Ada", START)

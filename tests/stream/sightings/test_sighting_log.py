"""Tracks become sightings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db import SightingWriter
from db.evidence.evidence import EvidenceOf
from stream.gallery.identity import UNKNOWN, Identity
from tests.evidence import new_look, unnamed
from tests.people import picture
from tests.stream.sightings.scenes import START, frame, log_of, track


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

"""Whom to look at, where looks take their time."""

from dataclasses import replace

import numpy as np
import pytest

from stream.gallery.identity import Rule
from stream.gallery.judge import Judge
from stream.pipeline.identities import Identities
from stream.pipeline.schedule import Schedule
from stream.pipeline.workers import Look
from tests.fakes import RULE, found_by, make_face, matches, unit
from tracker import Track, Tracker

BUSY = Schedule(fresh=1.0, named=2.0, deciding=1.0, again=0.1, together=2)


def make_track(number: int, t: float = 0.0) -> Track:
    return Track(number, np.array([10.0, 10.0, 70.0, 80.0], np.float32), 0.9, 0.0, t, hits=9)


def make_identities(schedule: Schedule = BUSY) -> Identities:
    judge = Judge(lambda queries: [matches(0.9, 0.0) for _ in queries], lambda: Rule(threshold=0.5))
    return Identities(judge, schedule, Tracker())


def make_growing(generations: list[int]) -> Identities:
    """With a gallery of Ada and Bob, whose generation is the last of these."""
    judge = Judge(found_by, lambda: RULE, lambda: generations[-1])
    return Identities(judge, BUSY, Tracker())


def look_at(identities: Identities, *tracks: Track, t: float, took: float = 0.0) -> None:
    """Each is looked at, and a frame later than that took what was seen is there."""
    identities.looks_due([replace(track, seen=t) for track in tracks], t, under_way=())
    identities.weigh([], tracks, t + took)
    looks = [Look(track.id, t, make_face(unit(1), box=track.box)) for track in tracks]
    identities.weigh(looks, tracks, t + took + 0.04)


def due(identities: Identities, *tracks: Track, t: float, undecided: tuple[int, ...] = ()) -> list[int]:
    seen = [replace(track, seen=t) for track in tracks]
    return [track.id for track in identities.looks_due(seen, t, under_way=(), undecided=undecided)]


def test_only_a_few_are_looked_at_at_a_time_and_those_first_who_waited_for_the_longest():
    identities, (ada, bob, eve) = make_identities(), map(make_track, (1, 2, 3))
    assert due(identities, ada, bob, eve, t=0.0) == [1, 2]
    look_at(identities, ada, t=0.0)
    look_at(identities, bob, t=1.0)
    look_at(identities, eve, t=0.5)
    assert due(identities, ada, bob, eve, t=9.0) == [1, 3]


def test_a_box_is_good_enough_for_a_second_after_it_was_told_of_however_late_that_was():
    identities, ada = make_identities(), make_track(1, t=0.0)
    assert identities.looks_due([ada], 1.1, under_way=()) == []
    assert identities.looks_due([ada], 2.9, under_way=(), late=2.0) == [ada]
    assert identities.looks_due([ada], 3.1, under_way=(), late=2.0) == []


def test_all_are_looked_at_at_once_where_nobody_waits_for_it():
    tracks = [make_track(number) for number in range(1, 9)]
    assert due(make_identities(Schedule()), *tracks, t=0.0) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("undecided", "took", "waits"), [((), 0.05, 2.0), ((1,), 0.05, 1.0), ((), 0.5, 5.0), ((1,), 0.5, 5.0)]
)
def test_whoever_has_a_name_is_looked_at_the_more_seldom_the_longer_looks_take(undecided, took, waits):
    identities, ada = make_identities(), make_track(1)
    look_at(identities, ada, t=0.0, took=took)
    assert due(identities, ada, t=waits - 0.1, undecided=undecided) == []
    assert due(identities, ada, t=waits, undecided=undecided) == [1]


def test_a_camera_that_sends_few_pictures_does_not_make_looks_slow():
    identities, ada = make_identities(), make_track(1)
    for t in (0.0, 5.0):
        identities.weigh([Look(1, t - 5.0, make_face(unit(1)))] if t else [], [ada], t)
        identities.looks_due([replace(ada, seen=t)], t, under_way=())
    assert due(identities, ada, t=10.0) == [1]


def test_what_was_wanted_of_a_face_that_has_gone_does_not_count():
    identities, ada, bob = make_identities(), make_track(1), make_track(2)
    assert due(identities, bob, t=0.0) == [2]
    assert due(identities, t=1.0) == []
    look_at(identities, ada, t=9.0, took=0.1)
    assert due(identities, ada, t=11.0) == [1]


def test_whoever_has_no_name_is_looked_at_as_often_however_long_looks_take():
    identities, eve = make_identities(), make_track(1)
    identities.weigh([Look(1, 0.0, make_face(None, refused="blurred"))], [eve], 3.0)
    assert due(identities, eve, t=3.0) == [1]


def test_whoever_has_no_name_is_looked_at_again_as_if_just_come_once_somebody_was_enrolled():
    generations = [1]
    identities, (ada, eve, sid, joe) = make_growing(generations), map(make_track, (1, 2, 3, 4))
    for t in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0):
        identities.weigh([Look(1, t, make_face(unit(1), box=ada.box))], [ada, eve, sid, joe], t)
        strangers = [Look(track.id, t, make_face(unit(0, 0, 1), box=track.box)) for track in (eve, sid, joe)]
        identities.weigh(strangers, [ada, eve, sid, joe], t)
    assert due(identities, ada, eve, sid, joe, t=9.5) == []
    generations.append(2)
    assert due(identities, ada, eve, sid, joe, t=9.5) == [2, 3]  # as few at a time as ever, and who has a name waits
    look = make_face(unit(0, 0, 1), box=eve.box)
    identities.weigh([Look(2, 9.5, look), Look(3, 9.5, look), Look(4, 9.5, look)], [ada, eve, sid, joe], 9.6)
    assert due(identities, ada, eve, sid, joe, t=9.6) == []
    assert due(identities, eve, t=9.8) == [2]

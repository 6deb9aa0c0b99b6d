"""When faces are searched for, and when each is looked at."""

import pytest

from stream.schedule import Past, Schedule

SCHEDULE = Schedule(detect_every=3, first=0.2, growth=2.0, longest=3.0, named=2.0, better=1.5)


@pytest.mark.parametrize(("since", "due"), [(None, True), (1, False), (2, False), (3, True), (4, True)])
def test_every_third_frame_is_searched(since, due):
    assert SCHEDULE.detection_due(since) is due


def test_a_new_track_is_looked_at_at_once():
    assert SCHEDULE.look_due(0.0, None, "unknown", 100.0)


@pytest.mark.parametrize(
    ("looks", "waited", "due"), [(1, 0.1, False), (1, 0.2, True), (2, 0.3, False), (2, 0.4, True), (9, 2.9, False)]
)
def test_an_unknown_track_is_looked_at_at_growing_intervals(looks, waited, due):
    assert SCHEDULE.look_due(waited, Past(0.0, looks, 100.0), "unknown", 100.0) is due


def test_an_unknown_track_is_never_given_up():
    assert SCHEDULE.look_due(13.0, Past(10.0, 1_000_000, 100.0), "unknown", 100.0)


@pytest.mark.parametrize(("waited", "due"), [(1.9, False), (2.0, True)])
def test_a_named_track_is_looked_at_seldom(waited, due):
    assert SCHEDULE.look_due(waited, Past(0.0, 1, 100.0), "named", 100.0) is due


def test_a_clearly_larger_face_is_looked_at_at_once():
    assert SCHEDULE.look_due(0.1, Past(0.0, 5, 100.0), "named", 150.0)
    assert not SCHEDULE.look_due(0.1, Past(0.0, 5, 100.0), "named", 149.0)


def test_the_largest_face_so_far_is_remembered():
    past = Past(0.0, 0, 0.0).after(1.0, 200.0).after(2.0, 50.0)
    assert past == Past(2.0, 2, 200.0)

"""When faces are scanned for, and when each is looked at."""

import pytest

from stream.pipeline.scanning.regions import around, everything
from stream.pipeline.schedule import BLIND, LIVE, LookHistory, Schedule
from stream.scan import Scan

SCHEDULE = Schedule(detect_every=3, first=0.2, growth=2.0, longest=3.0, named=2.0, better=1.5)


@pytest.mark.parametrize(("frames", "due"), [(None, True), (1, False), (2, False), (3, True), (4, True)])
@pytest.mark.parametrize("took", [0.01, 60.0])
def test_every_third_frame_of_a_recording_is_scanned_however_slow_the_machine(frames, due, took):
    assert bool(BLIND.scan_due(frames, 0.1, 0.1, took, unsure=False, changed=lambda: 0)) is due


@pytest.mark.parametrize(
    ("frames", "waited", "since_whole", "took", "unsure", "changed", "reason"),
    [
        (None, 0.0, 0.0, 0.3, False, 0, "first"),
        (9, 0.30, 0.30, 0.3, True, 99, None),  # more than its share of the time
        (9, 0.35, 0.35, 0.3, True, 99, "unsure"),
        (9, 0.35, 0.35, 0.3, False, 99, "motion"),
        (9, 0.35, 0.35, 0.3, False, 3, "motion"),
        (9, 0.35, 0.35, 0.3, False, 2, None),  # nothing new to be seen
        (29, 0.99, 0.99, 0.3, False, 0, None),
        (30, 1.00, 1.00, 0.3, False, 0, "coverage"),
        (3, 0.10, 1.00, 0.05, True, 99, "coverage"),  # what is known was scanned for just now, the rest was not
        (60, 2.00, 2.00, 2.0, False, 99, None),  # a slow machine
        (90, 3.00, 3.00, 2.0, False, 0, "coverage"),
    ],
)
def test_a_live_source_is_scanned_when_it_is_worth_it_and_there_is_time(
    frames, waited, since_whole, took, unsure, changed, reason
):
    assert LIVE.scan_due(frames, waited, since_whole, took, unsure, lambda: changed) == reason


def test_frames_between_scans_can_be_asked_for_of_a_live_source_too():
    schedule = Schedule(detect_every=10, share=0.9)
    assert schedule.scan_due(9, 5.0, 5.0, 0.1, unsure=True, changed=lambda: 99) is None


@pytest.mark.parametrize(
    ("reason", "since_whole", "seconds", "apart", "due"),
    [
        ("first", 9.0, 0.3, 0, True),
        ("coverage", 1.0, 0.3, 0, True),
        ("motion", 0.9, 0.3, 2, False),  # nobody can have come
        ("motion", 0.6, 0.3, 3, True),
        ("unsure", 0.5, 0.3, 99, False),  # half of the time is for those who are known
        ("unsure", 0.1, 0.04, 99, True),  # a fast detector
    ],
)
def test_newcomers_are_looked_for_where_something_moves_apart_from_the_known(reason, since_whole, seconds, apart, due):
    assert LIVE.whole_due(reason, since_whole, seconds, lambda: apart) is due


SLOW, FAST = ({size: cost * size**2 / 640**2 for size in LIVE.sizes} for cost in (1.0, 0.1))  # seconds


@pytest.mark.parametrize(
    ("smallest", "missed", "last", "seconds", "since_largest", "size"),
    [
        (None, False, None, FAST, 9.0, 640),  # nobody is known: far away first, then near, in turns
        (None, False, 640, FAST, 0.3, 320),
        (None, False, 320, FAST, 0.6, 640),
        (0.2, False, 640, FAST, 0.3, 320),  # 64 pixels at 320
        (0.1, False, 640, FAST, 0.3, 416),
        (0.01, False, 640, FAST, 0.3, 640),
        (0.2, True, 640, FAST, 0.3, 320),  # where it was found before, then more closely, in turns
        (0.2, True, 320, FAST, 0.3, 640),
        (0.2, False, 320, FAST, 3.0, 640),  # newcomers
        (0.01, False, 416, SLOW, 0.3, 416),  # 640 would take a second
        (0.2, False, 416, SLOW, 9.0, 416),
        (0.2, False, 320, dict.fromkeys(LIVE.sizes, 9.0), 9.0, 320),  # nothing is fast enough
    ],
)
def test_the_size_suits_the_faces_and_the_machine(smallest, missed, last, seconds, since_largest, size):
    since = dict.fromkeys(LIVE.sizes, since_largest)
    assert LIVE.size_for(smallest, False, missed, last, seconds.__getitem__, since) == size


@pytest.mark.parametrize(
    ("smallest", "since_largest", "size"),
    [
        (0.1, 0.3, 320),  # 32 pixels, at which a face is not followed but found
        (0.07, 0.3, 416),
        (0.01, 0.3, 640),
        (0.1, 3.0, 640),  # those who are far away
    ],
)
def test_the_whole_picture_is_scanned_no_more_closely_than_it_takes_to_find_a_face_as_small_as_the_known(
    smallest, since_largest, size
):
    assert LIVE.size_for(smallest, True, False, 416, FAST.__getitem__, dict.fromkeys(LIVE.sizes, since_largest)) == size


def test_a_face_that_a_scan_shows_too_small_need_not_be_found_by_it():
    assert Scan("motion", 320, everything(1280, 720, 0.25)).smallest == 80.0
    assert Scan("coverage").smallest == 0.0


def test_a_scan_says_why_and_how_and_where():
    assert str(Scan("motion", 640, everything(1280, 720, 0.5))) == "motion, 640 px"
    region = around([500, 300, 700, 400], 1280, 720, 0.5)
    assert str(Scan("unsure", 640, region)) == "unsure, 640 px, 256x128 at 472,286"
    assert str(Scan("coverage")) == "coverage"


def test_a_new_track_is_looked_at_at_once():
    assert SCHEDULE.look_due(0.0, None, settled=False, area=100.0)


@pytest.mark.parametrize(
    ("looks", "waited", "due"), [(1, 0.1, False), (1, 0.2, True), (2, 0.3, False), (2, 0.4, True), (9, 2.9, False)]
)
def test_an_unsettled_track_is_looked_at_at_growing_intervals(looks, waited, due):
    assert SCHEDULE.look_due(waited, LookHistory(0.0, looks, 100.0), settled=False, area=100.0) is due


def test_an_unsettled_track_is_never_given_up():
    assert SCHEDULE.look_due(13.0, LookHistory(10.0, 1_000_000, 100.0), settled=False, area=100.0)


def test_a_track_that_is_not_settled_any_more_is_looked_at_at_once():
    assert SCHEDULE.look_due(0.1, LookHistory(0.0, 0, 100.0), settled=False, area=100.0)


@pytest.mark.parametrize(("waited", "due"), [(1.9, False), (2.0, True)])
def test_a_settled_track_is_looked_at_seldom(waited, due):
    assert SCHEDULE.look_due(waited, LookHistory(0.0, 0, 100.0), settled=True, area=100.0) is due


def test_a_clearly_larger_face_is_looked_at_at_once():
    assert SCHEDULE.look_due(0.1, LookHistory(0.0, 5, 100.0), settled=True, area=150.0)
    assert not SCHEDULE.look_due(0.1, LookHistory(0.0, 5, 100.0), settled=True, area=149.0)


def test_the_largest_face_so_far_and_the_last_look_that_told_something_are_remembered():
    history = LookHistory().after(1.0, 200.0, told=True).after(2.0, 50.0, told=False)
    assert history == LookHistory(2.0, 2, 200.0, told=1.0)

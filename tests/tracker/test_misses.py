"""Tracks that were looked for and not found: how long they wait, and what is no miss."""

from tests.tracker.scenes import FPS, box, feed
from tracker import Tracker


def test_missed_track_returns_within_the_limit() -> None:
    tracker = Tracker(lost_after=1.0)
    for frame in range(10):
        first = feed(tracker, [box(100)], frame / FPS)
    for frame in range(10, 30):
        feed(tracker, [], frame / FPS)
    assert feed(tracker, [box(105)], 1.0) == first


def test_a_track_that_was_missed_ends_after_the_limit() -> None:
    tracker = Tracker(lost_after=1.0)
    for frame in range(10):
        first = feed(tracker, [box(100)], frame / FPS)
    feed(tracker, [], 1.2)
    assert [track.id for track in tracker.at(1.2)] == first
    feed(tracker, [], 1.4)
    assert not tracker.at(1.4)
    assert feed(tracker, [box(100)], 1.5) != first


def test_a_track_that_was_missed_waits_for_detections_that_are_under_way() -> None:
    tracker = Tracker(lost_after=1.0)
    for frame in range(10):
        first = feed(tracker, [box(100)], frame / FPS)
    feed(tracker, [], 0.5)
    assert [track.id for track in tracker.at(1.5)] == first  # nothing is known yet of what was there after .5
    assert feed(tracker, [box(100)], 1.2) == first


def test_only_tracks_that_lie_in_the_part_that_was_searched_are_missed() -> None:
    tracker = Tracker(lost_after=1.0, patience=5.0)
    for frame in range(3):
        feed(tracker, [box(100), box(300)], frame / FPS)
    for frame in range(3, 6):
        tracker.update([], [], frame / FPS, sight=(0, 0, 310, 400))  # through the second one
    assert [track.misses for track in tracker.at(5 / FPS)] == [3, 0]
    tracker.update([], [], 2.0, sight=(0, 0, 310, 400))
    assert [track.id for track in tracker.at(2.0)] == [2]


def test_a_box_that_was_too_small_to_be_found_is_not_missed() -> None:
    tracker = Tracker()
    feed(tracker, [box(100, side=20), box(300, side=60)], 0.0)
    tracker.update([], [], 1 / FPS, smallest=40.0)
    assert [track.id for track in tracker.at(1 / FPS)] == [1]


def test_a_track_that_has_left_the_picture_is_missed_however_small() -> None:
    tracker = Tracker(lost_after=0.1)
    for frame in range(6):  # out of the picture to the right, and as small there as what cannot be found
        feed(tracker, [[560 + 12 * frame, 100, 580 + 12 * frame, 120]], frame / FPS)
    t = 12 / FPS
    tracker.update([], [], t, smallest=40.0)
    assert tracker.at(t)
    tracker.update([], [], t, smallest=40.0, extent=(640, 360))
    assert not tracker.at(t)


def test_a_first_detection_outlives_a_search_elsewhere() -> None:
    tracker = Tracker()
    feed(tracker, [box(100), box(300)], 0.0)
    tracker.update([box(100)], [0.9], 1 / FPS, sight=(0, 0, 200, 400))
    assert [track.id for track in tracker.at(1 / FPS)] == [1, 2]
    tracker.update([box(100)], [0.9], 2 / FPS)
    assert [track.id for track in tracker.at(2 / FPS)] == [1]


def test_a_track_that_nobody_looked_for_lives_on_within_the_patience() -> None:
    tracker = Tracker(lost_after=1.0, patience=5.0)
    first = feed(tracker, [box(100)], 0.0)
    tracker.update([], [], 4.9, sight=(200, 0, 400, 400))
    assert [track.id for track in tracker.at(9.0)] == first  # what has been there since no update has told yet
    tracker.update([], [], 5.1, sight=(200, 0, 400, 400))
    assert not tracker.at(5.1)


def test_misses_are_counted_until_the_next_detection() -> None:
    tracker = Tracker()
    misses = []
    for t, boxes in enumerate([[box(100)], [box(100)], [], [], [box(100)]]):
        feed(tracker, boxes, t / FPS)
        misses.append(tracker.at(t / FPS)[0].misses)
    assert misses == [0, 0, 1, 2, 0]


def test_a_late_frame_is_no_miss_of_a_track_that_was_seen_since() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 1.0)
    feed(tracker, [], 0.9)
    assert tracker.at(1.0)[0].misses == 0


def test_unconfirmed_track_ends_at_its_first_miss() -> None:
    tracker = Tracker(confirm=2)
    feed(tracker, [box(100)], 0.0)
    feed(tracker, [], 1 / FPS)
    assert not tracker.at(1 / FPS)

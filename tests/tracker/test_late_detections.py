"""Detections that come late, and motions since."""

import numpy as np
import pytest

from tests.tracker.scenes import FPS, assert_same, box, feed, slide
from tracker import Motion, Tracker


@pytest.mark.parametrize("late", [0, 4, 9])
def test_late_detection_leads_to_the_same_state_as_one_in_order(late: int) -> None:
    updates = [([box(100 + 5 * frame), box(400 - 4 * frame)], frame / FPS) for frame in range(10)]
    in_order, out_of_order = Tracker(confirm=1), Tracker(confirm=1)
    for boxes, t in updates:
        feed(in_order, boxes, t)
    for boxes, t in updates[:late] + updates[late + 1 :]:
        feed(out_of_order, boxes, t)
    assert feed(out_of_order, *updates[late]) == [1, 2]
    assert_same(out_of_order.at(0.5), in_order.at(0.5))


def test_late_detection_is_associated_with_where_tracks_were_then() -> None:
    tracker = Tracker()
    for frame in range(20):
        ids = feed(tracker, [box(100 + 10 * frame), box(290 - 10 * frame)], frame / FPS)
    late = 4.5
    assert feed(tracker, [box(100 + 10 * late), box(290 - 10 * late)], late / FPS) == ids
    assert tracker.at(19 / FPS)[0].seen == pytest.approx(19 / FPS)


@pytest.mark.parametrize("late", [0.0, 0.15])
def test_a_late_detection_moves_on_with_the_motions_since(late: float) -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    for since in (0.0, 0.1, 0.2):
        tracker.follow(1, slide(30, since, since + 0.1))
    (before,) = tracker.at(0.3)
    assert feed(tracker, [box(108 + 300 * late)], late) == [1]  # 8 px further right than thought
    (after,) = tracker.at(0.3)
    assert before.box[0] == pytest.approx(box(190)[0], abs=1)
    assert before.box[0] + 3 < after.box[0] < before.box[0] + 8  # some of it is taken to be the detector's error


def test_a_late_detection_and_motions_lead_to_the_same_state_as_in_order() -> None:
    in_order, late = Tracker(), Tracker()
    for tracker in (in_order, late):
        feed(tracker, [box(100)], 0.0)
    in_order.follow(1, slide(20, 0.0, 0.1))
    feed(in_order, [box(120)], 0.1)
    in_order.follow(1, slide(30, 0.1, 0.2))
    for motion in (slide(30, 0.1, 0.2), slide(20, 0.0, 0.1)):
        late.follow(1, motion)
    assert feed(late, [box(120)], 0.1) == [1]
    assert_same(late.at(0.3), in_order.at(0.3))


def test_a_motion_moves_and_grows_the_box_without_keeping_the_track_alive() -> None:
    tracker = Tracker(lost_after=1.0, confirm=1)
    feed(tracker, [box(100)], 0.1)
    feed(tracker, [], 0.2)
    tracker.follow(1, slide(50, 0.1, 0.5, growth=1.5))
    tracker.follow(1, slide(0, 0.5, 1.05))
    (track,) = tracker.at(0.5)
    np.testing.assert_allclose(track.box, box(150, side=60), atol=1)
    assert (track.seen, track.hits, track.misses) == (0.1, 1, 1)
    feed(tracker, [], 1.2)
    assert not tracker.at(1.2)


def test_an_unsure_motion_counts_for_little() -> None:
    tracker = Tracker()
    for frame in range(20):
        feed(tracker, [box(100)], frame / FPS)
    tracker.follow(1, Motion(19 / FPS, 20 / FPS, np.array([20.0, 0.0]), 1.0, noise=2.0))
    assert tracker.at(20 / FPS)[0].box[0] == pytest.approx(box(100)[0], abs=1)


def test_a_motion_from_before_a_track_began_or_of_an_ended_one_is_ignored() -> None:
    tracker = Tracker()
    tracker.follow(7, slide(10, 0.0, 0.1))
    assert tracker.at(0.0) == []
    feed(tracker, [box(100)], 0.1)
    tracker.follow(1, slide(10, 0.0, 0.2))
    np.testing.assert_allclose(tracker.at(0.2)[0].box, box(100))


def test_detection_older_than_what_is_remembered_changes_no_state() -> None:
    tracker = Tracker()
    for frame in range(400):
        feed(tracker, [box(100)], frame / 400)
    before = tracker.at(1.0)[0].box
    assert feed(tracker, [box(110)], 0.2) == [1]
    np.testing.assert_array_equal(tracker.at(1.0)[0].box, before)


def test_equal_times_are_two_measurements_of_one_moment() -> None:
    tracker = Tracker()
    assert feed(tracker, [box(100)], 1.0) == feed(tracker, [box(104)], 1.0)
    (track,) = tracker.at(1.0)
    assert box(100)[0] < track.box[0] < box(104)[0]


def test_late_frame_does_not_end_newer_unconfirmed_tracks() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 1.0)
    feed(tracker, [], 0.9)
    assert len(tracker.at(1.0)) == 1

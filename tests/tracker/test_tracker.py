"""Tracks over time: ids, doubts, hindsight, bounds."""

import numpy as np
import pytest

from tests.tracker.scenes import FPS, box, feed, slide
from tracker import Motion, Track, Tracker


def test_id_is_given_per_detection_index() -> None:
    tracker = Tracker()
    left, right = feed(tracker, [box(100), box(300)], 0.0)
    assert feed(tracker, [box(301), box(101)], 1 / FPS) == [right, left]


def test_first_detection_is_a_track_at_once() -> None:
    tracker = Tracker()
    (started,) = feed(tracker, [box(100)], 2.0)
    (track,) = tracker.at(2.0)
    assert (track.id, track.hits, track.started, track.seen) == (started, 1, 2.0, 2.0)
    assert track.score == pytest.approx(0.9)
    assert track.box.dtype == np.float32
    np.testing.assert_allclose(track.box, box(100))


def test_tracks_move_between_detections() -> None:
    tracker = Tracker()
    for frame in range(20):
        feed(tracker, [box(100 + 6 * frame)], frame / FPS)
    (track,) = tracker.at(24 / FPS)
    assert track.box[0] == pytest.approx(box(100 + 6 * 24)[0], abs=2)
    assert tracker.at(24 / FPS)[0].box[0] == track.box[0]  # looking changes nothing


def test_walking_person_keeps_the_id_when_every_tenth_frame_is_detected() -> None:
    # 1.4 m/s across the picture with a head of 0.2 m: seven head widths a second
    tracker = Tracker()
    ids = {feed(tracker, [box(100 + 7 * 30 * t, side=30)], t)[0] for t in np.arange(10) / 3}
    assert len(ids) == 1


def test_crossing_objects_keep_their_ids() -> None:
    tracker = Tracker()
    first = feed(tracker, [box(100, 100), box(400, 110)], 0.0)
    for frame in range(1, 60):
        ids = feed(tracker, [box(100 + 5 * frame, 100), box(400 - 5 * frame, 110)], frame / FPS)
    assert ids == first


def test_newcomer_does_not_take_the_id_of_a_settled_track_elsewhere() -> None:
    tracker = Tracker()
    for frame in range(30):
        old = feed(tracker, [box(100)], frame / FPS)
    assert feed(tracker, [box(220)], 1.0) != old


def test_a_face_of_another_size_does_not_take_over_a_fresh_track() -> None:
    tracker = Tracker()
    near = feed(tracker, [box(100, side=110)], 0.0)
    assert feed(tracker, [box(130, side=50)], 0.4) != near


def test_a_lost_track_does_not_take_the_face_of_the_track_that_is_there() -> None:
    # One walks behind a third and is lost; where she would be by now, somebody comes out on the other side.
    tracker = Tracker()
    for frame in range(0, 27, 3):
        (walking,) = feed(tracker, [box(100 + 8 * frame, 310, side=120)], frame / FPS)
    for frame in (27, 30):
        feed(tracker, [], frame / FPS)
    (other,) = feed(tracker, [[405, 338, 465, 453]], 33 / FPS)  # half of it is still covered
    assert other != walking
    assert feed(tracker, [[388, 346, 463, 459]], 36 / FPS) == [other]


def walked(*after: tuple[float, list[list[float]]]) -> Track:
    """The track of somebody who walks for a second, detected ten times, after these further detections."""
    tracker = Tracker()
    for step in range(10):
        feed(tracker, [box(100 + 10 * step)], step / 10)
    for t, boxes in after:
        feed(tracker, boxes, t)
    (track,) = tracker.at(after[-1][0] if after else 0.9)
    return track


def test_a_detection_where_the_track_was_expected_is_not_doubted() -> None:
    assert walked().doubted == -np.inf
    assert walked((1.0, []), (1.1, [box(212)])).doubted == -np.inf  # not even after a miss


def test_a_detection_that_overlaps_the_expected_box_by_less_than_half_is_doubted() -> None:
    track = walked((1.0, [box(216)]))
    assert (track.hits, track.doubted) == (11, 1.0)
    assert walked((1.0, [box(216)]), (1.1, [box(226)])).doubted == 1.0


def test_the_first_detection_of_a_track_is_not_doubted() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    assert tracker.at(0.0)[0].doubted == -np.inf


def test_low_score_continues_a_track_but_starts_none() -> None:
    tracker = Tracker(high=0.5, low=0.1)
    first = feed(tracker, [box(100), box(300)], 0.0, [0.9, 0.4])
    assert first[1] == -1
    assert feed(tracker, [box(101), box(300)], 1 / FPS, [0.2, 0.4]) == [first[0], -1]
    assert tracker.at(1 / FPS)[0].hits == 2


def test_empty_updates_are_answered_with_no_ids() -> None:
    tracker = Tracker()
    assert tracker.update(np.empty((0, 4)), np.empty(0), 0.0).shape == (0,)
    assert tracker.update([], [], 0.1).dtype == np.int64
    assert tracker.at(0.1) == []


def test_end_all_gives_new_ids_afterwards() -> None:
    tracker = Tracker()
    first = feed(tracker, [box(100)], 0.0)
    tracker.end_all()
    assert tracker.at(0.0) == []
    assert feed(tracker, [box(100)], 1 / FPS) != first


def test_a_track_that_shows_something_else_goes_on_with_a_new_id() -> None:
    tracker = Tracker()
    for frame in range(4):
        feed(tracker, [box(100 + 5 * frame), box(300)], frame / FPS)
    before = tracker.at(4 / FPS)[0]
    assert tracker.renew(1, 3 / FPS) == 3
    after = next(track for track in tracker.at(4 / FPS) if track.id == 3)
    assert (after.started, after.hits) == (3 / FPS, 4)
    np.testing.assert_allclose(after.box, before.box)
    assert feed(tracker, [box(120), box(300), box(500)], 4 / FPS) == [3, 2, 4]
    assert tracker.renew(1, 1.0) == 1  # it has ended


def test_ids_belong_to_the_instance() -> None:
    assert feed(Tracker(), [box(100)], 0.0) == feed(Tracker(), [box(100)], 0.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    tracker = Tracker()
    with pytest.raises(ValueError, match="finite"):
        tracker.update([[0, 0, bad, 10]], [0.9], 0.0)
    with pytest.raises(ValueError, match="finite"):
        tracker.update([box(100)], [bad], 0.0)
    with pytest.raises(ValueError, match="finite"):
        tracker.update([box(100)], [0.9], bad)
    assert tracker.at(0.0) == []


@pytest.mark.parametrize("bad", [slide(np.nan, 0.0, 0.1), slide(1.0, 0.1, 0.1), slide(1.0, 0.0, 0.1, np.inf)])
def test_an_impossible_motion_is_refused(bad: Motion) -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    with pytest.raises(ValueError, match="drop the one"):
        tracker.follow(1, bad)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(N, 4\)"):
        Tracker().update([box(100), box(200)], [0.9], 0.0)


def test_boxes_without_area_leave_finite_tracks() -> None:
    tracker = Tracker()
    for frame in range(5):
        feed(tracker, [[50, 50, 50, 50], [80, 80, 70, 70]], frame / FPS)
    assert all(np.isfinite(track.box).all() for track in tracker.at(5 / FPS))


def test_state_stays_bounded() -> None:
    tracker = Tracker()
    random = np.random.default_rng(0)
    for frame in range(600):
        centres = random.uniform(0, 2000, (3, 2))
        tracker.update(np.hstack([centres, centres + 40]), [0.9] * 3, frame / FPS)
    feed(tracker, [box(5000)], 20.0)
    kept = tracker._trails.values()
    assert len(kept) < 100
    assert all(len(trail.steps) <= 128 for trail in kept)


def test_a_face_seen_smaller_after_a_gap_keeps_a_box():
    tracker, dt = Tracker(), 1 / 15
    for index in range(30):
        if index:
            tracker.follow(1, Motion((index - 1) * dt, index * dt, np.zeros(2), 1.0, 0.03))
        if index % 3 == 0:
            tracker.update([[100, 100, 150, 160]], [0.9], index * dt)
    t = 29 * dt + 0.8  # neither found nor followed meanwhile
    tracker.follow(1, Motion(t, t + dt, np.zeros(2), 0.85, 0.02))
    tracker.follow(1, Motion(t + dt, t + 2 * dt, np.zeros(2), 1.0, 0.02))
    tracker.update([[100, 100, 150, 160]], [0.9], t + 2 * dt)
    (track,) = tracker.at(t + 2 * dt)
    assert np.isfinite(track.box).all()
    assert (track.box[2:] > track.box[:2]).all()


def test_hindsight_leads_a_box_from_each_detection_to_the_next() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    feed(tracker, [box(100)], 1.0)
    for frame in range(9):
        tracker.follow(1, slide(1, 1 + frame / 10, 1 + (frame + 1) / 10))
    feed(tracker, [box(120)], 2.0)  # the motions told of half the way
    middles = tracker.recalled(1, [1 + frame / 10 for frame in range(10)])[:, [0, 2]].mean(axis=1)
    np.testing.assert_allclose(middles, np.linspace(100, 118, 10), atol=1.5)
    assert tracker.recalled(1, []).shape == (0, 4)


def test_hindsight_keeps_a_box_whatever_the_motions_tell_of_its_size() -> None:
    """A hand passes before a face: what is followed shrinks and grows, and then the face is found in another size."""
    tracker, dt = Tracker(), 1 / FPS
    for t in (-10 * dt, 0.0):
        tracker.update([[170, 170, 230, 230]], [0.9], t)
    for frame, growth in enumerate([0.8] * 7 + [1.25] * 2):
        tracker.follow(1, Motion(frame * dt, (frame + 1) * dt, np.zeros(2), growth, 0.02))
    assert tracker.update([[181, 181, 219, 219]], [0.9], 10 * dt).tolist() == [1]
    boxes = tracker.recalled(1, [frame * dt for frame in range(10)])
    assert (boxes[:, 2:] > boxes[:, :2]).all()  # not so where a number is none


def test_hindsight_after_the_last_detection_is_what_was_foreseen() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    tracker.follow(1, slide(5, 0.0, 0.1))
    np.testing.assert_allclose(tracker.recalled(1, [0.05, 0.1]), [tracker.at(t)[0].box for t in (0.05, 0.1)])


def test_a_track_is_followed_until_a_motion_is_missing() -> None:
    tracker = Tracker()
    feed(tracker, [box(100)], 0.0)
    assert tracker.followed(1, since=0.0) == 0.0
    for since in (0.0, 0.1, 0.3):
        tracker.follow(1, slide(1, since, since + 0.1))
    assert tracker.followed(1, since=0.0) == pytest.approx(0.2)

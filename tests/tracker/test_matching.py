"""Which track each detection continues: of tracks that were seen once, so that nothing is known of how they move."""

import numpy as np
import pytest

from tests.tracker.scenes import box
from tracker.kalman import BoxFilter
from tracker.matching import Assignment, matched
from tracker.trail import Trail

MOTION = BoxFilter()
HIGH, LOW = 0.5, 0.1
EXTENT = (640.0, 480.0)
EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


def trails(*places: list[float]) -> list[Trail]:
    """Tracks that were found once, at time 0; their ids count from 1."""
    found = [Trail(number, MOTION, started=0.0, seen=0.0) for number in range(1, len(places) + 1)]
    for trail, place in zip(found, places, strict=True):
        trail.detect(0.0, np.array(place), 0.9, 0.05)
    return found


def match(tracks: list[Trail], *found: list[float], t: float = 0.1, scores: list[float] | None = None) -> Assignment:
    boxes = np.array(found, np.float64).reshape(-1, 4)
    return matched(tracks, boxes, np.array(scores or [0.9] * len(found)), t, HIGH, LOW, MOTION)


def test_each_detection_continues_the_track_that_was_there() -> None:
    found = match(trails(box(100), box(300)), box(303), box(500), box(101))
    assert found.rows.tolist() == [1, -1, 0]
    assert not found.unlike.any()


def test_without_tracks_nothing_is_continued_and_without_detections_every_track_was_looked_for() -> None:
    assert match([], box(100)).rows.tolist() == [-1]
    nothing = match(trails(box(100)))
    assert nothing.rows.shape == (0,) and nothing.looked_for(EVERYWHERE, 0.0, EXTENT) == {1}
    assert match([]).looked_for(EVERYWHERE, 0.0, EXTENT) == set()


def test_a_track_is_looked_for_the_further_away_the_longer_ago_it_was_seen() -> None:
    tracks = trails(box(100))
    assert [match(tracks, box(190), t=t).rows.tolist() for t in (0.03, 0.5)] == [[-1], [0]]


def test_an_unsure_detection_is_taken_where_it_is() -> None:
    tracks = trails(box(100))
    assert match(tracks, box(190), t=0.5, scores=[0.3]).rows.tolist() == [-1]
    assert match(tracks, box(105), t=0.5, scores=[0.3]).rows.tolist() == [0]


def test_whoever_is_found_where_the_track_was_not_expected_may_be_somebody_else() -> None:
    found = match(trails(box(100)), box(150), t=0.5)
    assert (found.rows.tolist(), found.unlike.tolist()) == ([0], [True])


@pytest.mark.parametrize(
    ("sight", "smallest", "looked_for"),
    [
        (EVERYWHERE, 0.0, {1, 2}),
        ((0.0, 0.0, 200.0, 480.0), 0.0, {1}),  # the other lies beyond what was scanned
        ((110.0, 0.0, 640.0, 480.0), 0.0, {2}),  # of the one only a part was scanned
        (EVERYWHERE, 40.1, set()),  # both are smaller than what the scan finds
    ],
)
def test_a_scan_had_to_find_what_lies_in_its_sight_and_is_large_enough(sight, smallest, looked_for) -> None:
    found = match(trails(box(100), box(300)), t=0.0)
    assert found.looked_for(sight, smallest, EXTENT) == looked_for


def test_a_scan_had_to_find_whoever_has_left_the_picture_however_narrow_the_last_strip() -> None:
    found = match(trails([-8.0, 80.0, 4.0, 120.0]), t=0.0)
    assert found.looked_for(EVERYWHERE, 100.0, EXTENT) == {1}


def test_a_track_that_was_expected_there_goes_before_one_that_is_looked_for_widely() -> None:
    # The first was lost a while ago: grown by how far it may have gone, its box covers what is found almost wholly.
    lost, followed = trails(box(100), box(140))
    for t in (0.3, 0.4, 0.45):
        followed.detect(t, np.array(box(140)), 0.9, 0.05)
    assert match([lost, followed], box(150), t=0.5).rows.tolist() == [1]

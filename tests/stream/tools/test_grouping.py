"""Groups of strangers, measured."""

import numpy as np
import pytest

from models.manifest import shipped
from stream.tools.grouping import bcubed, crops_by_three, crops_by_video, flipped, measure

PEOPLE = np.array([1, 1, 1, 2])


@pytest.mark.parametrize(
    ("groups", "precision", "recall"),
    [
        ([5, 5, 5, 6], 1.0, 1.0),
        ([5, 5, 5, 5], (3 * 3 / 4 + 1 / 4) / 4, 1.0),
        ([5, 6, 7, 8], 1.0, (3 * 1 / 3 + 1) / 4),
    ],
)
def test_bcubed_tells_how_pure_and_how_whole_groups_are(groups, precision, recall):
    assert bcubed(np.array(groups), PEOPLE) == pytest.approx((precision, recall))


def test_a_track_that_leaves_its_group_has_flipped_and_a_merge_flips_none():
    before = np.array([1, 1, 1, 2])
    assert flipped(before, np.array([1, 1, 1, 1])) == 0
    assert flipped(before, np.array([1, 1, 2, 2])) == 1


def test_tracks_are_of_one_person_each_and_of_crops_that_are_used_once():
    people = np.repeat([1, 2], [7, 3])
    tracks = crops_by_three(people, np.array([1, 2]))
    assert len(np.unique(np.concatenate(tracks))) == 9
    assert sorted(people[track].tolist() for track in tracks) == [[1, 1, 1], [1, 1, 1], [2, 2, 2]]


def test_videos_are_tracks_of_their_own_frames():
    people, videos = np.array([1, 1, 2, 1, 3]), np.array([7, 8, 9, 7, 4])
    tracks = crops_by_video(people, videos, np.array([1, 2]))
    assert sorted(track.tolist() for track in tracks) == [[0, 3], [1], [2]]


def test_videos_of_people_who_are_unlike_each_other_are_grouped_without_a_fault():
    vectors = np.repeat(np.eye(512, dtype=np.float32)[:12], 6, axis=0)
    figures = measure(shipped("embedding"), vectors, np.repeat(np.arange(12), 6), np.repeat(np.arange(24), 3))
    assert list(figures) == ["10", "12"]
    assert figures["12"]["tracks"] == 24
    assert figures["12"]["after_tidy_up"]["groups"] == 12


def test_tracks_of_people_who_are_unlike_each_other_are_grouped_without_a_fault():
    vectors = np.repeat(np.eye(512, dtype=np.float32)[:12], 9, axis=0)
    figures = measure(shipped("embedding"), vectors, np.repeat(np.arange(12), 9))["10"]
    assert figures["tracks"] == 30
    assert (
        figures["at_once"]
        == figures["after_tidy_up"]
        == {
            "precision": 1.0,
            "recall": 1.0,
            "groups": 10,
            "groups_a_person": 1.0,
        }
    )
    assert figures["flipped"] == 0

import numpy as np
import supervision as sv

from models.search.merging import merged


def views(*found):
    """Searches from furthest away to nearby: rows x1 y1 x2 y2 score."""
    rows = [np.array(each, np.float32).reshape(-1, 5) for each in found]
    return [sv.Detections(xyxy=each[:, :4], confidence=each[:, 4]) for each in rows]


def test_what_several_distances_show_is_merged_the_surest_first():
    far, near = [[100, 100, 300, 350, 0.6]], [[110, 100, 300, 350, 0.7], [400, 10, 420, 35, 0.9]]
    found = merged(views(far, near))
    np.testing.assert_array_equal(found.xyxy, [[400, 10, 420, 35], [110, 100, 300, 350]])
    np.testing.assert_allclose(found.confidence, [0.9, 0.7])


def test_a_part_of_a_face_that_is_seen_from_further_away_is_no_face_however_sure():
    found = merged(views([[100, 100, 300, 350, 0.5]], [[150, 250, 250, 340, 0.9], [290, 100, 330, 150, 0.6]]))
    np.testing.assert_array_equal(found.xyxy, [[290, 100, 330, 150], [100, 100, 300, 350]])


def test_a_small_face_from_afar_is_not_a_part_of_what_only_nearby_looks_like_a_face():
    found = merged(views([[150, 250, 250, 340, 0.9]], [[100, 100, 300, 350, 0.5]]))
    assert len(found) == 2


def test_of_two_boxes_of_like_size_one_within_the_other_the_surer_is_the_face():
    inner, outer = [120, 120, 280, 320, 0.7], [100, 80, 320, 380, 0.6]
    for found in (merged(views([inner], [outer])), merged(views([outer], [inner]))):
        np.testing.assert_array_equal(found.xyxy, [inner[:4]])


def test_nothing_merged_is_nothing():
    assert len(merged(views([], [], []))) == 0


def test_a_large_thing_that_is_hardly_a_face_takes_no_sure_face_within_it_away():
    found = merged(views([[100, 100, 300, 350, 0.3]], [[150, 250, 250, 340, 0.9]]))
    assert len(found) == 2


def test_of_one_view_faces_that_cover_each_other_are_both_faces():
    behind, before = [100, 100, 200, 230, 0.8], [125, 130, 190, 225, 0.7]
    assert len(merged(views([behind, before]))) == 2
    assert len(merged(views([behind], [before]))) == 1

"""Association of boxes by tiny arrays."""

import numpy as np

from tracker.association import assign, associate, inside, iou, likeness

UNIT = np.array([[0.0, 0.0, 10.0, 10.0]])


def test_iou_of_half_shifted_boxes_is_a_third() -> None:
    others = np.array([[5.0, 0, 15, 10], [0, 0, 10, 10], [20, 0, 30, 10]])
    np.testing.assert_allclose(iou(UNIT, others), [[1 / 3, 1, 0]])


def test_iou_of_empty_boxes_is_zero_not_nan() -> None:
    point = np.array([[3.0, 3.0, 3.0, 3.0]])
    np.testing.assert_array_equal(iou(point, point), [[0.0]])
    np.testing.assert_array_equal(iou(UNIT, np.array([[8.0, 8.0, 2.0, 2.0]])), [[0.0]])


def test_iou_of_no_boxes_has_no_rows() -> None:
    assert iou(np.empty((0, 4)), UNIT).shape == (0, 1)
    assert iou(UNIT, np.empty((0, 4)), np.ones((1, 1))).shape == (1, 0)


def test_a_box_is_inside_only_as_a_whole() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [2, 2, 8, 8], [-1, 2, 8, 8], [2, 2, 8, 11], [20, 20, 30, 30]])
    assert inside(boxes, (0, 0, 10, 10)).tolist() == [True, True, False, False, False]
    assert inside(boxes, (-np.inf, 0, 10, np.inf)).tolist() == [True, True, True, True, False]
    assert inside(boxes[:0], (0, 0, 10, 10)).shape == (0,)


def test_margin_lets_boxes_meet_that_do_not_touch() -> None:
    apart = np.array([[12.0, 0, 22, 10]])
    # grown by 2: 14 x 14 each, 2 apart less: shared 2 x 14
    np.testing.assert_allclose(iou(UNIT, apart, 2.0), [[28 / (2 * 196 - 28)]])


def test_margin_may_differ_by_pair() -> None:
    apart = np.array([[12.0, 0, 22, 10]])
    similarity = iou(np.repeat(UNIT, 2, axis=0), apart, np.array([[0.0], [2.0]]))
    assert similarity[0, 0] == 0 < similarity[1, 0]


def test_likeness_of_boxes_in_one_place_is_the_ratio_of_their_areas_squared_without_a_margin() -> None:
    # the IoU of a box within another is itself the ratio of the areas, a quarter here
    inner = np.array([[2.0, 2.0, 7.0, 7.0]])
    np.testing.assert_allclose(likeness(UNIT, inner, np.zeros((1, 1))), [[1 / 16]])


def test_margin_does_not_hide_sizes_from_likeness() -> None:
    inner, far = np.array([[2.0, 2.0, 7.0, 7.0]]), np.array([[1000.0]])
    assert iou(UNIT, inner, far)[0, 0] > 0.99
    assert likeness(UNIT, inner, far)[0, 0] < 0.25


def test_likeness_of_empty_boxes_is_zero_not_nan() -> None:
    point = np.array([[3.0, 3.0, 3.0, 3.0]])
    np.testing.assert_array_equal(likeness(point, point, np.ones((1, 1))), [[0.0]])


def test_assignment_is_optimal_not_greedy() -> None:
    # greedy would take .9 and leave .1; the best sum is .8 + .8
    rows, columns = assign(np.array([[0.9, 0.8], [0.8, 0.1]]), least=0.05)
    assert dict(zip(rows.tolist(), columns.tolist(), strict=True)) == {0: 1, 1: 0}


def test_assignment_leaves_out_pairs_below_the_least() -> None:
    rows, columns = assign(np.array([[0.9, 0.3], [0.3, 0.1]]), least=0.5)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_a_pair_that_is_not_allowed_does_not_cost_one_that_is() -> None:
    # .45 + .45 beats .6, but neither is allowed
    rows, columns = assign(np.array([[0.6, 0.45], [0.45, 0.0]]), least=0.5)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_sure_detection_chooses_before_a_closer_unsure_one() -> None:
    tracks = associate(np.array([[0.6, 0.9]]), np.array([0.8, 0.3]), high=0.5, low=0.1, least=0.2)
    assert tracks.tolist() == [0, -1]


def test_unsure_detection_continues_a_track_that_is_left_over() -> None:
    similarity = np.array([[0.9, 0.0], [0.0, 0.9]])
    assert associate(similarity, np.array([0.8, 0.3]), high=0.5, low=0.1, least=0.2).tolist() == [0, 1]


def test_detection_below_the_low_score_is_not_used() -> None:
    assert associate(np.array([[0.9]]), np.array([0.05]), high=0.5, low=0.1, least=0.2).tolist() == [-1]


def test_where_there_are_no_tracks_or_no_detections_none_are_associated() -> None:
    assert associate(np.empty((0, 2)), np.array([0.9, 0.3]), 0.5, 0.1, 0.2).tolist() == [-1, -1]
    assert associate(np.empty((2, 0)), np.array([]), 0.5, 0.1, 0.2).tolist() == []

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import supervision as sv

from training.data.detection import Labelled
from training.evaluate.detection import (
    Result,
    average_precision,
    best_f1,
    choose_threshold,
    curve,
    evaluate,
    match,
    measure,
)


def result(faces, found, name="crowd_1.png", long_side=640):
    """A picture whose `found` rows are x1 y1 x2 y2 score, the surest first."""
    rows = np.array(found, np.float32).reshape(-1, 5)
    faces = np.array(faces, np.float32).reshape(-1, 4)
    return Result(Labelled(Path(name), faces), faces, rows[:, :4], rows[:, 4], match(rows[:, :4], faces), long_side)


def face(x, height=20):
    return [x, 0, x + height, height]


def test_each_face_is_found_once_and_only_by_a_box_that_overlaps_half():
    faces = np.array([face(0), face(100)], np.float32)
    found = np.array([face(1), face(0), face(109), [100, 0, 120, 12]], np.float32)
    assert match(found, faces).tolist() == [True, False, False, True]


def test_a_detector_without_fault_has_full_marks():
    perfect = [result([face(0), face(100)], [[*face(0), 0.9], [*face(100), 0.8]])]
    assert average_precision(perfect) == (1, 1)


def test_average_precision_is_that_of_a_hand_computed_curve():
    # Hits and misses in the order of their scores: +, -, +, and one face of three is never found. Precision 1 holds up
    # to recall 1/3 (34 of COCO's 101 points), 2/3 up to recall 2/3 (33 more points), 0 beyond.
    results = [result([face(0), face(100), face(200)], [[*face(0), 0.9], [*face(50), 0.8], [*face(100), 0.7]])]
    assert average_precision(results)[0] == pytest.approx((34 + 33 * 2 / 3) / 101, abs=1e-3)


def test_average_precision_over_stricter_overlaps_counts_loose_boxes_less():
    loose = [result([face(0, 100)], [[0, 0, 100, 72, 0.9]])]  # IoU .72: enough for .5 to .7, five of ten
    assert average_precision(loose) == (1, 0.5)


def test_more_than_a_hundred_faces_of_a_picture_count():
    faces = [face(30 * x, 20) for x in range(150)]
    assert average_precision([result(faces, [[*box, 0.9] for box in faces])])[0] == 1


def test_faces_of_another_height_and_what_finds_them_are_ignored():
    small, large = face(0, 12), face(100, 50)
    results = [result([small, large], [[*large, 0.9], [*face(300, 50), 0.8], [*small, 0.7]])]
    assert average_precision(results, 0, 16)[0] == 1  # neither the large face nor the large false one disturbs
    assert average_precision(results, 32, 96)[0] == 1  # the false one comes after all large faces are found
    assert average_precision(results, 16, 32) == (None, None)


def test_a_face_belongs_to_one_height_only():
    edge = [result([face(0, 16)], [[*face(0, 16), 0.9]])]
    assert average_precision(edge, 0, 16)[0] is None
    assert average_precision(edge, 16, 32)[0] == 1


def test_faces_are_told_apart_by_their_share_of_the_picture_too():
    results = [
        result([face(0, 50)], [[*face(0, 50), 0.9]], long_side=100),
        result([face(0, 50)], [[*face(300, 50), 0.9]], long_side=1000),
    ]
    assert average_precision(results, 0.25, 1, shares=True)[0] == 1
    assert average_precision(results, 0, 0.25, shares=True)[0] == 0
    shares = measure(results, 0.5)["ap50_by_share"]
    assert shares == {"under .1": 0, ".1 to .25": None, ".25 to .5": None, "over .5": 1}


def test_of_pictures_of_one_face_it_is_told_how_often_the_surest_box_is_right():
    right, wrong = [*face(0), 0.9], [*face(300), 0.8]
    single = [result([face(0)], [right, wrong]), result([face(0)], [[*face(300), 0.95], right]), result([face(0)], [])]
    assert measure([*single, result([face(0), face(50)], [right])], 0.5)["surest_right"] == 0.3333
    assert measure([result([], [])], 0.5)["surest_right"] is None


def test_errors_are_counted_at_the_threshold():
    results = [
        result([face(0), face(100)], [[*face(0), 0.9], [*face(300), 0.6], [*face(100), 0.4]]),
        result([], [[*face(0), 0.7], [*face(50), 0.3]], name="street_1.png"),
        result([], [], name="street_2.png"),
    ]
    figures = measure(results, 0.5)
    assert figures["precision"] == pytest.approx(1 / 3, abs=1e-3)
    assert figures["recall"] == 0.5
    assert figures["false_positives_per_face_free_picture"] == 0.5
    assert figures["face_free_pictures_with_false_positives"] == 1
    assert figures["ap50_by_source"]["street"] is None


def test_the_curve_runs_from_the_surest_detection_of_all_pictures():
    results = [result([face(0)], [[*face(0), 0.6]]), result([face(0)], [[*face(50), 0.8]])]
    scores, precision, recall = curve(results)
    np.testing.assert_allclose(scores, [0.8, 0.6])
    np.testing.assert_allclose(precision, [0, 0.5])
    np.testing.assert_allclose(recall, [0, 0.5])


def test_the_threshold_has_the_best_f1():
    results = [result([face(0), face(100)], [[*face(0), 0.9], [*face(100), 0.62], [*face(200), 0.4]])]
    assert best_f1(results) == {"threshold": pytest.approx(0.62), "f1": 1}
    assert choose_threshold(results, [])[0] == pytest.approx(0.62)


def test_the_threshold_is_raised_until_face_free_crops_are_quiet():
    crowd = result([face(0), face(100)], [[*face(0), 0.9], [*face(100), 0.3]])
    alarms = [np.array(scores, np.float32) for scores in ([0.95, 0.6], [0.2, 0.555], *[[]] * 38)]
    threshold, reason = choose_threshold([crowd], alarms, disturbed=1 / 40)
    assert threshold == pytest.approx(0.56)  # of 40 one may be disturbed: the one at .95
    assert "1 of 40" in reason


class Finder:
    """A detector that finds the same two boxes everywhere."""

    threshold, size = 0.5, 640

    def detect(self, image, min_score=None, size=None):
        boxes = np.array([[10, 10, 30, 30], [60, 10, 80, 30]], np.float32)
        return sv.Detections(boxes, confidence=np.array([0.9, 0.8], np.float32))


def test_an_evaluation_leaves_figures_a_curve_and_the_worst_pictures(tmp_path):
    for folder in ("images/val", "labels/val"):
        (tmp_path / folder).mkdir(parents=True)
    for name, label in (("a_1", "0 0.2 0.4 0.2 0.4\n"), ("b_1", "")):
        cv2.imwrite(str(tmp_path / f"images/val/{name}.png"), np.zeros((50, 100, 3), np.uint8))
        (tmp_path / f"labels/val/{name}.txt").write_text(label)
    pytest.importorskip("matplotlib")
    figures = evaluate(tmp_path, Finder(), tmp_path / "out")
    assert figures["recall"] == 1
    assert figures["precision"] == 0.25
    assert figures["ap50_by_source"] == {"a": 1, "b": None}
    assert json.loads((tmp_path / "out/metrics.json").read_text()) == figures
    for name in ("pr-curve.png", "worst.jpg"):
        assert cv2.imread(str(tmp_path / "out" / name)) is not None

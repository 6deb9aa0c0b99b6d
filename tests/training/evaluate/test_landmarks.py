import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from models.landmarks import Landmarks, face_box
from training.data.landmarks import UDACITY, read_faces
from training.evaluate.landmarks import Found, calibration, evaluate, expected_error, refusal, repeatability, summary

EYES = np.linalg.norm(TEMPLATE[1] - TEMPLATE[0])


def landmarker(error=lambda image, box: (0.0, 0.0), uncertainty=0.02):
    """Places the template's points, away from them by `error` eye distances."""

    def locate(image, boxes):
        scale = image.shape[0] / 112
        points = (TEMPLATE + np.array(error(image, boxes[0])) * EYES + 0.5) * scale - 0.5
        return Landmarks(points[None].astype(np.float32), np.array([uncertainty], np.float32))

    return SimpleNamespace(locate=locate)


@pytest.fixture
def data(tmp_path):
    """Ten faces of two sources, all at the template's place; each picture is as grey as its number."""
    (tmp_path / "images").mkdir()
    rows = ["file,split,source,width,height"]
    for index in range(10):
        cv2.imwrite(str(tmp_path / f"images/{index}.png"), np.full((112, 112, 3), index, np.uint8))
        numbers = ",".join(map(str, TEMPLATE.flatten().tolist()))
        rows.append(f"{index}.png,val,{'helen' if index < 4 else 'video'},112,112,{numbers}")
    (tmp_path / "landmarks.csv").write_text("\n".join(rows))
    return tmp_path


def test_exact_points_have_no_error_and_do_not_move(data):
    figures = evaluate(data, landmarker())
    assert figures["all"] == {"faces": 10, "mean": 0, "median": 0, "over_10_percent": 0, "over_15_percent": 0}
    assert figures["size"]["24 px"]["mean"] == pytest.approx(0, abs=1e-3)
    assert figures["detector_boxes"]["moves_px"]["mean"] == pytest.approx(0, abs=0.01)


def test_errors_are_reported_over_the_eye_distance_by_source(data):
    figures = evaluate(data, landmarker(lambda image, box: (0.12 if image[0, 0, 0] < 4 else 0.03, 0)))
    assert figures["sources"]["helen"]["mean"] == pytest.approx(0.12, abs=1e-3)
    assert figures["sources"]["video"]["mean"] == pytest.approx(0.03, abs=1e-3)
    assert figures["all"]["over_10_percent"] == 0.4 and figures["all"]["over_15_percent"] == 0
    assert figures["yaw"]["under 15"]["faces"] == 10


def test_errors_are_told_against_the_marks_as_they_are_in_the_file_too(data):
    table = (data / "landmarks.csv").read_text().replace("video", "udacity")
    (data / "landmarks.csv").write_text(table)
    figures = evaluate(data, landmarker())
    away = UDACITY * np.sqrt(2) / EYES
    assert figures["as_marked"] == {"helen": 0, "udacity": pytest.approx(0.0, abs=1e-3)}
    assert figures["sources"]["udacity"]["mean"] == pytest.approx(away, abs=1e-3)


def test_points_that_follow_the_box_are_seen_to_move(data):
    def follow(image, box):
        middle = (box[:2] + box[2:]) / 2 - (face_box(TEMPLATE)[:2] + face_box(TEMPLATE)[2:]) / 2
        return middle / EYES * 0.5

    moves = repeatability(landmarker(follow), read_faces(data, "val"))["moves_px"]["mean"]
    assert 1 < moves < 6


def test_the_summary_counts_failures():
    errors = np.array([0.02, 0.11, 0.14, 0.3])[:, None].repeat(5, axis=1)
    found = Found(np.zeros((4, 5, 2)), errors, np.zeros(4))
    assert summary(found) == {
        "faces": 4, "mean": 0.1425, "median": 0.125, "over_10_percent": 0.75, "over_15_percent": 0.25,
    }  # fmt: skip


def test_a_calibrated_uncertainty_predicts_the_error():
    rng = np.random.default_rng(0)
    uncertainty = rng.uniform(0.01, 0.1, 4000)
    offsets = rng.laplace(size=(4000, 5, 2)) * (uncertainty / np.sqrt(2))[:, None, None]
    found = Found(np.zeros((4000, 5, 2)), np.linalg.norm(offsets, axis=2), uncertainty)
    figures = calibration(found)
    np.testing.assert_allclose(figures["predicted"], figures["real"], rtol=0.05)
    assert figures["rank_correlation"] > 0.7
    np.testing.assert_allclose(found.errors.mean(), expected_error(uncertainty).mean(), rtol=0.02)


def test_the_refusal_keeps_usable_faces_and_refuses_what_is_more_uncertain(data):
    def locate(image, boxes):
        level = int(image[0, 0, 0])  # picture 9 is a face that is missed, 200 an empty place
        wrong = 1.0 if level >= 9 else 0.0
        return Landmarks((TEMPLATE + wrong * EYES)[None].astype(np.float32), np.array([0.01 + level / 100], np.float32))

    empty = data / "empty.png"
    cv2.imwrite(str(empty), np.full((50, 50, 3), 200, np.uint8))
    box = np.array([0, 0, 40, 40], np.float32)
    figures = refusal(SimpleNamespace(locate=locate), read_faces(data, "val"), [(empty, box)])
    assert 0.08 < figures["threshold"] < 0.1
    assert figures["refused_faces_over_15_percent"] == 1 and figures["refused_backgrounds"] == 1


def test_figures_and_pictures_are_written(data, tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "out"
    figures = evaluate(data, landmarker(lambda image, box: (0.05, 0)), out)
    assert json.loads((out / "metrics.json").read_text()) == figures
    for name in ("error-curve.png", "uncertainty.png", "worst.jpg"):
        assert cv2.imread(str(out / name)) is not None, name
    assert (cv2.imread(str(out / "worst.jpg"))[..., 1] > 150).any()  # marked points are green

"""LFW's protocol on hand-made scores and on pictures whose colour says who they are."""

import csv
import json

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from models.landmarks import Landmarks
from tests.datasets import ByColour
from training.errors import TrainingError

pytest.importorskip("sklearn")
from training.evaluate.pairs import best_threshold, evaluate, fold_accuracies


def test_the_best_threshold_parts_what_can_be_parted():
    assert best_threshold(np.array([0.1, 0.2, 0.6, 0.8]), np.array([False, False, True, True])) == pytest.approx(0.4)


def test_the_best_threshold_accepts_one_mistake_rather_than_two():
    scores = np.array([0.1, 0.5, 0.4, 0.6, 0.7])
    same = np.array([False, False, True, True, True])
    threshold = best_threshold(scores, same)
    assert ((scores > threshold) == same).sum() == 4


def test_equal_scores_are_not_parted():
    assert best_threshold(np.array([0.5, 0.5, 0.5]), np.array([False, True, True])) < 0.5


def test_a_folds_threshold_comes_from_the_other_folds():
    # Fold 0 alone would be told wholly right at 0.8; the threshold of fold 1, 0.4, tells half of it right.
    scores = np.array([0.7, 0.9, 0.3, 0.5])
    same = np.array([False, True, False, True])
    np.testing.assert_allclose(fold_accuracies(scores, same, np.array([0, 0, 1, 1])), [0.5, 0.5])


@pytest.fixture
def folder(tmp_path):
    people = {"ann": (250, 10, 10), "bob": (10, 250, 10)}
    with (tmp_path / "landmarks.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", *(f"n{i}" for i in range(10))])
        for name, colour in people.items():
            (tmp_path / "lfw" / name).mkdir(parents=True)
            for number in (1, 2):
                path = f"{name}/{number}.png"
                cv2.imwrite(str(tmp_path / "lfw" / path), np.full((112, 112, 3), colour, np.uint8))
                writer.writerow([path, *TEMPLATE.ravel()])
    pairs = ["ann/1.png,ann/2.png", "bob/1.png,bob/2.png", "ann/1.png,bob/1.png", "ann/2.png,bob/2.png"]
    lines = [f"{fold},{int(i < 2)},{pair}" for fold in (0, 1) for i, pair in enumerate(pairs)]
    (tmp_path / "pairs.csv").write_text("\n".join(["fold,same,a,b", *lines]) + "\n")
    return tmp_path


def test_people_of_different_colours_are_told_apart(folder):
    figures = evaluate(folder, ByColour(), faces=(16,))
    assert (figures["pairs"], figures["pictures"], figures["accuracy"]) == (8, 4, 1.0)
    assert figures["accuracy_by_face_px"] == {"16": 1.0, "112": 1.0}


def test_a_landmark_network_is_asked_for_every_face_where_it_is_given(folder):
    asked = []

    class Landmarker:
        def locate_each(self, images, boxes):
            asked.extend(boxes)
            return Landmarks(np.stack([TEMPLATE] * len(images)), np.zeros(len(images), np.float32))

    figures = evaluate(folder, ByColour(), faces=(), landmarker=Landmarker())
    assert len(asked) == figures["pictures"] == 4


def test_rates_that_would_rest_on_a_few_pairs_are_not_given(folder):
    assert evaluate(folder, ByColour(), faces=())["tpr_at_fpr"] == {}


def test_figures_and_plots_are_written(folder, tmp_path):
    figures = evaluate(folder, ByColour(), out=tmp_path / "out", faces=())
    assert json.loads((tmp_path / "out" / "metrics.json").read_text()) == figures
    for name in ("roc", "det", "histogram"):
        assert cv2.imread(str(tmp_path / "out" / f"{name}.png")) is not None


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"landmarks\.csv is missing"):
        evaluate(tmp_path, ByColour())


def test_a_list_of_another_kind_is_told(folder):
    (folder / "pairs.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TrainingError, match="fold, same, a, b"):
        evaluate(folder, ByColour())


def test_a_pair_without_points_is_named(folder):
    with (folder / "pairs.csv").open("a") as file:
        file.write("0,1,ann/1.png,eve/1.png\n")
    with pytest.raises(TrainingError, match=r"no points for eve/1\.png"):
        evaluate(folder, ByColour())

"""Searches whose outcome can be counted by hand, and a whole evaluation of a made-up data set."""

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from models.landmarks import Landmarks
from tests.datasets import ByColour
from training.errors import TrainingError

pytest.importorskip("sklearn")
from training.evaluate.identification import Searched, enrolled_rows, evaluate, open_set, search


def unit(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def test_a_person_scores_the_mean_of_their_most_similar_pictures():
    gallery, owners = unit(0, 60, 90, 180), np.array([1, 1, 1, 1])
    found = search(unit(0), np.array([1]), gallery, owners)
    assert found.scores[0] == pytest.approx((1 + 0.5 + 0) / 3, abs=1e-6)


def test_the_most_similar_person_answers():
    found = search(unit(10, 80), np.array([1, 1]), unit(0, 90), np.array([1, 2]))
    assert found.right.tolist() == [True, False]


def test_identification_counts_the_right_names_above_the_strangers_share():
    strangers = Searched(np.arange(1000, dtype=np.float32) / 1000, np.zeros(1000, bool))  # the limit of 1 % is .989
    known = Searched(np.array([0.9895, 0.99, 0.5, 0.995], np.float32), np.array([True, False, True, True]))
    assert open_set(known, strangers, 0.01) == 0.5


def test_no_open_set_rate_rests_on_fewer_than_ten_strangers():
    strangers = Searched(np.arange(999, dtype=np.float32) / 1000, np.zeros(999, bool))
    assert open_set(strangers, strangers, 0.01) is None
    assert open_set(strangers, strangers, 0.02) == 0.0


def test_enrolled_pictures_are_of_their_people_and_not_repeated():
    people = np.array([1, 1, 1, 2, 2, 2])
    rows = enrolled_rows(people, np.array([1, 2]), 2, np.random.default_rng(0))
    assert people[rows].tolist() == [1, 1, 2, 2]
    assert len(set(rows)) == 4


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "img_celeba").mkdir()
    identities, points, partition = [], ["48", "lefteye_x ..."], []
    random = np.random.default_rng(0)
    for person in range(8):
        colour = random.integers(0, 256, 3)
        for number in range(6):
            name = f"{person}_{number}.png"
            picture = np.clip(colour + random.integers(-6, 7, 3), 0, 255)
            cv2.imwrite(str(tmp_path / "img_celeba" / name), np.full((112, 112, 3), picture, np.uint8))
            identities.append(f"{name} {person}")
            points.append(" ".join([name, *map(str, TEMPLATE.ravel())]))
            partition.append(f"{name} 2")
    (tmp_path / "identity_CelebA.txt").write_text("\n".join(identities))
    (tmp_path / "list_landmarks_celeba.txt").write_text("\n".join(points))
    (tmp_path / "list_eval_partition.txt").write_text("\n".join(partition))
    return tmp_path


def test_people_of_different_colours_are_identified(folder):
    figures = evaluate(folder, ByColour(), faces=(32,))
    assert (figures["people"], figures["pictures"]) == (8, 48)
    assert figures["galleries"]["5"]["rank1"] > 0.9
    assert figures["cosine_same"]["mean"] > figures["cosine_different"]["mean"]
    assert "tpir_at_fpir_0.01" not in figures["galleries"]["5"]  # 24 strangers' pictures cannot tell it
    assert set(figures["by_face_px"]) == {"32", "112"}
    assert "0.0001" not in figures["tpr_at_fpr"]  # 1,008 impostor pairs cannot tell it


def test_a_landmark_network_is_asked_for_every_face_where_it_is_given(folder):
    asked = []

    class Landmarker:
        def locate_each(self, images, boxes):
            asked.extend(boxes)
            return Landmarks(np.stack([TEMPLATE] * len(images)), np.zeros(len(images), np.float32))

    figures = evaluate(folder, ByColour(), faces=(), landmarker=Landmarker())
    assert len(asked) == figures["pictures"] == 48


def test_doubtful_pictures_are_left_out_of_a_second_figure(folder):
    (folder / "test_doubtful.txt").write_text("0_0.png\n")
    assert "tpr_at_fpr_without_doubtful" in evaluate(folder, ByColour(), faces=())


def test_data_without_held_out_people_is_refused(folder):
    text = (folder / "list_eval_partition.txt").read_text()
    (folder / "list_eval_partition.txt").write_text(text.replace(" 2", " 0"))
    with pytest.raises(TrainingError, match="partition 2"):
        evaluate(folder, ByColour())

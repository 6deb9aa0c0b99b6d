"""Which frames become pairs, and that `evaluate pairs` takes them."""

import csv

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from training.errors import TrainingError
from training.video_pairs import make, pairs

PEOPLE = [f"Person_{number:02}" for number in range(20)]
NAMES = [f"udacity_{person}_{video}{frame}.png" for person in PEOPLE for video in "02" for frame in "01"]


def test_a_persons_frames_are_paired_across_videos_only():
    same = [(pair.a, pair.b) for pair in pairs(NAMES) if pair.same]
    assert same.count(("udacity_Person_03_00.png", "udacity_Person_03_21.png")) == 1
    assert len(same) == len(PEOPLE) * 4
    assert all(a[:-6] == b[:-6] and a[-6] != b[-6] for a, b in same)


def test_as_many_pairs_are_of_two_people():
    other = [pair for pair in pairs(NAMES) if not pair.same]
    assert len(other) == len(PEOPLE) * 4
    assert all(pair.a[:-6] != pair.b[:-6] for pair in other)


def test_nobody_stands_in_two_folds():
    folds = {}
    for pair in pairs(NAMES):
        for name in (pair.a, pair.b):
            folds.setdefault(name[:-6], set()).add(pair.fold)
    assert len(folds) == len(PEOPLE)
    assert all(len(own) == 1 for own in folds.values())


def test_a_second_marking_of_a_frame_is_left_out():
    assert pairs([*NAMES, "udacity_Person_00_00_b.png"]) == pairs(NAMES)


@pytest.fixture
def landmarks(tmp_path):
    (tmp_path / "images").mkdir()
    with (tmp_path / "landmarks.csv").open("w", newline="") as file:
        for name in NAMES:
            cv2.imwrite(str(tmp_path / "images" / name), np.full((112, 112, 3), 90, np.uint8))
            csv.writer(file).writerow([name, "val", "udacity", 112, 112, *TEMPLATE.ravel()])
    return tmp_path


def test_what_is_written_can_be_evaluated(landmarks, tmp_path):
    pytest.importorskip("sklearn")
    from training.evaluate.pairs import evaluate

    class Alike:
        def embed(self, crops, flip=False):
            return np.ones((len(crops), 2), np.float32) / np.sqrt(2, dtype=np.float32)

    made = make(landmarks, tmp_path / "video")
    figures = evaluate(tmp_path / "video", Alike(), faces=())
    assert (figures["pairs"], figures["pictures"]) == (len(made), len(NAMES))
    assert figures["accuracy"] == 0.5


def test_a_set_without_videos_is_refused(landmarks):
    (landmarks / "landmarks.csv").write_text("aflw_1.png,val,mtcnn5pt,112,112,1,2,3,4,5,6,7,8,9,10\n")
    with pytest.raises(TrainingError, match="too few frames"):
        make(landmarks, landmarks / "video")

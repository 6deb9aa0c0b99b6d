"""Which faces are good enough."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.pose import Pose
from models.quality import Limits, Measures, sharpness

GOOD = Measures(eye_distance=40, sharpness=200, pose=Pose(5, 5, 0), score=0.9, uncertainty=0.05)
LIMITS = Limits()


def test_a_good_face_is_not_refused():
    assert GOOD.refusal(LIMITS) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"score": 0.1}, "hardly a face"),
        ({"uncertainty": 0.9}, "hardly seen"),
        ({"eye_distance": 5}, "too small"),
        ({"pose": Pose(70, 0, 0)}, "turned away"),
        ({"pose": Pose(-70, 0, 0)}, "turned away"),
        ({"pose": Pose(0, 60, 0)}, "turned up"),
        ({"pose": Pose(0, -60, 0)}, "turned down"),
        ({"sharpness": 1}, "blurred"),
    ],
)
def test_each_flaw_is_named_with_its_measure(change, reason):
    assert reason in replace(GOOD, **change).refusal(LIMITS)


@pytest.mark.parametrize(
    "change", [{"score": 0.5}, {"uncertainty": 0.2}, {"eye_distance": 12}, {"pose": Pose(45, 0, 0)}, {"sharpness": 30}]
)
def test_each_flaw_lowers_the_quality(change):
    assert 0 < replace(GOOD, **change).quality() < GOOD.quality() <= 1


def test_blur_lowers_the_sharpness():
    noise = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert sharpness(cv2.GaussianBlur(noise, (0, 0), 3)) < sharpness(noise) / 10
    assert sharpness(np.full((112, 112, 3), 90, np.uint8)) == 0

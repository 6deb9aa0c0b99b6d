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
    ("change", "told"),
    [
        ({"score": 0.3996}, "score 0.3996, at least 0.4000 needed"),
        ({"uncertainty": 0.254}, "uncertainty 0.254, limit 0.250"),
        ({"eye_distance": 9.8}, "9.8 px between the eyes, at least 10.0 needed"),
        ({"pose": Pose(-50.3, 0, 0)}, "50.3 degrees, limit 50.0"),
        ({"sharpness": 11.5}, "sharpness 11.5, at least 12.0 needed"),
    ],
)
def test_a_figure_and_the_limit_that_it_misses_never_look_the_same(change, told):
    assert told in replace(GOOD, **change).refusal(LIMITS)


@pytest.mark.parametrize(
    "change", [{"score": 0.5}, {"uncertainty": 0.2}, {"eye_distance": 12}, {"pose": Pose(45, 0, 0)}, {"sharpness": 30}]
)
def test_each_flaw_lowers_the_quality(change):
    assert 0 < replace(GOOD, **change).quality() < GOOD.quality() <= 1


def test_blur_lowers_the_sharpness():
    noise = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert sharpness(cv2.GaussianBlur(noise, (0, 0), 3)) < sharpness(noise) / 10
    assert sharpness(np.full((112, 112, 3), 90, np.uint8)) == 0

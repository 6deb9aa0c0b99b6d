"""Cuts: the whole picture changes."""

import numpy as np

from stream.motion.shots import CutDetector

RNG = np.random.default_rng(0)
SCENE = RNG.integers(0, 120, (180, 320, 3), dtype=np.uint8)


def test_the_first_picture_is_no_cut():
    assert not CutDetector().is_cut(SCENE)


def test_another_scene_is_a_cut_once():
    cuts = CutDetector()
    assert [cuts.is_cut(picture) for picture in (SCENE, SCENE + 40, SCENE + 40)] == [False, True, False]


def test_noise_and_somebody_crossing_less_than_half_of_the_picture_are_no_cut():
    crossed = SCENE.copy()
    crossed[:, :150] = 255
    noisy = np.clip(SCENE + RNG.normal(0, 10, SCENE.shape), 0, 255).astype(np.uint8)
    cuts = CutDetector()
    assert [cuts.is_cut(picture) for picture in (SCENE, noisy, crossed)] == [False, False, False]

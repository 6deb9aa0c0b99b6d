"""A picture that stays the same is noticed, through noise and compression; one in which something moves is not."""

from functools import partial

import numpy as np

from stream.sources.cameras.stillness import Stillness

RANDOM = np.random.default_rng(0)
SCENE = RANDOM.integers(0, 255, (240, 320, 3), np.uint8)


def answers(pictures, after=1.0, step=0.5):
    stillness = Stillness(after)
    return [stillness.still(partial(np.asarray, picture), step * index) for index, picture in enumerate(pictures)]


def noisy():
    return np.clip(SCENE + RANDOM.normal(0, 4, SCENE.shape), 0, 255).astype(np.uint8)


def with_face_at(x):
    picture = SCENE.copy()
    picture[100:130, x : x + 25] = 200
    return picture


def test_the_same_picture_is_still_after_a_while():
    assert answers([SCENE] * 5) == [False, False, True, True, True]


def test_noise_does_not_hide_it():
    assert answers([noisy() for _ in range(5)])[-1]


def test_a_small_face_that_moves_shows():
    assert not any(answers([with_face_at(100 + 4 * step) for step in range(10)]))


def test_a_slow_change_is_a_change():
    assert not any(answers([np.full_like(SCENE, 5 * step) for step in range(20)]))


def test_it_ends_with_a_change_and_begins_anew():
    assert answers([SCENE, SCENE, SCENE, with_face_at(100), with_face_at(100), with_face_at(100)]) == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]


def test_another_size_is_a_change():
    assert not answers([SCENE, SCENE, SCENE[:200]])[-1]


def test_tiny_pictures_can_be_still():
    assert answers([SCENE[:3, :3]] * 3)[-1]

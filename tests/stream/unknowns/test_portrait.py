"""A stranger's picture for people's eyes."""

import numpy as np

from stream.unknowns.portrait import SIZE, portrait

BOX = np.array([20, 20, 60, 60], np.float32)


def test_it_shows_the_face_with_what_is_around_it_and_black_beyond_the_picture():
    image = np.full((100, 50, 3), 200, np.uint8)
    shown = portrait(image, BOX)
    assert shown.shape == (SIZE, SIZE, 3)
    assert (shown[SIZE // 2, 10] == 200).all()
    assert (shown[SIZE // 2, -10] == 0).all()


def test_a_mask_is_black_on_it():
    image = np.full((100, 100, 3), 200, np.uint8)
    mask = np.array([[63, 0], [99, 0], [99, 99], [63, 99]])
    shown = portrait(image, BOX, [mask])
    assert (shown[SIZE // 2, -10] == 0).all()
    assert (shown[SIZE // 2, SIZE // 2] == 200).all()

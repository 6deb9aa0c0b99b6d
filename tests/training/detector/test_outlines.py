"""Outlines of heads that are cut out."""

import numpy as np
import pytest

from training.detector.outlines import Outline, any_outline

BOX = np.array([40, 30, 80, 90], np.float32)


def test_an_outline_is_an_ellipse_around_the_face_with_room_for_the_hair():
    outline = Outline(across=1.5, down=2, lift=0.25, softness=0.01)
    np.testing.assert_allclose(outline.around(BOX), [30, -15, 90, 105])
    opacity = outline.opacity(BOX, 128, 128)
    assert opacity[45, 60] == opacity[100, 60] == opacity[45, 32] == 1
    assert opacity[110, 60] == opacity[45, 25] == opacity[100, 35] == 0


def test_a_soft_edge_fades():
    fading = Outline(1, 1, 0, softness=0.5).opacity(BOX, 128, 128)[60, 60:81]
    assert fading[:9] == pytest.approx(1)
    assert (np.diff(fading[10:20]) < 0).all()


def test_outlines_are_of_many_shapes_and_hold_the_face():
    many = [any_outline(np.random.default_rng(seed)) for seed in range(100)]
    assert np.ptp([outline.across for outline in many]) > 0.8
    assert np.ptp([outline.down / outline.across for outline in many]) > 0.35
    assert np.ptp([outline.softness for outline in many]) > 0.3
    assert all(outline.opacity(BOX, 128, 128)[45:75, 50:70].min() > 0.1 for outline in many)

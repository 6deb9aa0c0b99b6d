import cv2
import numpy as np
import pytest

from models.align import SIZE, TEMPLATE, align, umeyama, warp
from models.errors import ModelError


def similarity(degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return np.array([[c, -s, shift[0]], [s, c, shift[1]]])


def apply(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ transform[:, :2].T + transform[:, 2]


@pytest.mark.parametrize("degrees", [0, 30, -135, 180])
def test_umeyama_finds_a_known_transform(degrees):
    known = similarity(degrees, 1.7, (-20, 310))
    np.testing.assert_allclose(umeyama(TEMPLATE, apply(known, TEMPLATE)), known, atol=1e-3)


def test_umeyama_equals_the_published_solution_on_noisy_points():
    rng = np.random.default_rng(1)
    source, target = rng.normal(0, 30, (5, 2)), rng.normal(0, 30, (5, 2))
    x, y = source - source.mean(0), target - target.mean(0)
    u, d, vt = np.linalg.svd(y.T @ x)
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    turn = (d * sign).sum() / (x**2).sum() * u @ np.diag(sign) @ vt
    expected = np.column_stack([turn, target.mean(0) - turn @ source.mean(0)])
    np.testing.assert_allclose(umeyama(source, target), expected, rtol=1e-4)


def test_umeyama_never_mirrors():
    mirrored = TEMPLATE * [-1, 1]
    assert np.linalg.det(umeyama(mirrored, TEMPLATE)[:, :2]) > 0


@pytest.mark.parametrize("points", [np.full((5, 2), 7.0), np.full((5, 2), np.nan)])
def test_points_that_determine_nothing_are_refused(points):
    with pytest.raises(ModelError, match="cannot be aligned"):
        umeyama(points, TEMPLATE)


def test_a_face_already_on_the_template_is_left_as_it_is():
    image = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), dtype=np.uint8)
    np.testing.assert_array_equal(align(image, TEMPLATE), image)


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0, 9.0])
def test_align_brings_each_point_to_its_place(scale):
    placed = apply(similarity(25, scale, (300, 120)), TEMPLATE)
    for index, point in enumerate(placed):
        image = np.zeros((1400, 1400, 3), np.uint8)
        cv2.circle(image, np.rint(point * 16).astype(int).tolist(), int(6 * scale * 16), (255, 255, 255), -1, shift=4)
        weight = align(image, placed)[..., 0].astype(float)
        y, x = (np.average(grid, weights=weight) for grid in np.indices(weight.shape))
        np.testing.assert_allclose([x, y], TEMPLATE[index], atol=0.3)


def test_a_large_face_is_averaged_not_skipped_through():
    stripes = np.zeros((896, 896, 3), np.uint8)
    stripes[:, ::2] = 255
    small = warp(stripes, np.array([[0.125, 0, 0], [0, 0.125, 0]], np.float32), SIZE)
    assert abs(small[5:-5, 5:-5].astype(int) - 127).max() <= 2

"""The box filter against numbers worked out by hand."""

from dataclasses import astuple

import numpy as np
import pytest
from filterpy.common import Q_continuous_white_noise
from filterpy.kalman import KalmanFilter

from tracker.kalman import Axis, BoxFilter, BoxState, Motion, measurement, to_boxes

BOX = np.array([90.0, 180.0, 110.0, 220.0])  # centre (100, 200), 20 x 40, area 800, aspect 0.5


def state(mean: list[float], variance: float = 1.0) -> BoxState:
    """Of cx, cy, area, aspect and the velocities of the first three."""
    pairs = zip(mean[:4], [*mean[4:], 0.0], strict=True)
    return BoxState(*(Axis(place, speed, variance, variance) for place, speed in pairs))


def mean(of: BoxState) -> list[float]:
    return [of.x.place, of.y.place, of.area.place, of.aspect.place, of.x.speed, of.y.speed, of.area.speed]


def test_measures_centre_area_and_aspect() -> None:
    np.testing.assert_allclose(measurement(BOX), [100, 200, 800, 0.5])


def test_box_comes_back_from_its_measurement() -> None:
    np.testing.assert_allclose(to_boxes([measurement(BOX)]), [BOX])


def test_empty_box_is_measured_one_pixel_thick() -> None:
    np.testing.assert_allclose(measurement(np.array([5.0, 5.0, 5.0, 5.0])), [5, 5, 1, 1])


def test_predicts_with_known_velocity() -> None:
    later = BoxFilter().predict(state([100, 200, 800, 0.5, 10, -20, 80]), dt=0.5)
    np.testing.assert_allclose(mean(later), [105, 190, 840, 0.5, 10, -20, 80])


def test_uncertainty_grows_by_velocity_and_acceleration() -> None:
    # P = 1, v = 1: 1 + dt^2 * 1 + q dt^3 / 3 with q = (2 sides/s)^2 * 800 px^2 = 3200
    box_filter = BoxFilter(acceleration=2.0)
    before = state([100, 200, 800, 0.5, 0, 0, 0])
    later = box_filter.predict(before, dt=0.3)
    assert later.x.variance == pytest.approx(1 + 0.09 + 3200 * 0.027 / 3)
    assert later.x.covariance == pytest.approx(0.3 + 3200 * 0.09 / 2)
    assert box_filter.spread(before, 0.3) == pytest.approx(np.sqrt(later.x.variance))


def test_each_step_is_that_of_the_textbook_filter() -> None:
    random, box_filter = np.random.default_rng(0), BoxFilter(acceleration=2.0)
    ours, theirs = box_filter.start(BOX, 0.05).x, KalmanFilter(dim_x=2, dim_z=1)
    theirs.x, theirs.P = np.array([ours.place, ours.speed]), np.diag([ours.variance, ours.speed_variance])
    for measured in random.normal(100, 5, 20):
        wander = random.uniform(1, 100)
        ours = ours.predicted(0.3, wander).measured(measured, 4.0).followed(2.0, 9.0)
        theirs.predict(F=np.array([[1, 0.3], [0, 1]]), Q=Q_continuous_white_noise(2, 0.3, wander))
        theirs.update(measured, R=np.array([[4.0]]), H=np.array([[1.0, 0.0]]))
        theirs.update(2.0, R=np.array([[9.0]]), H=np.array([[0.0, 1.0]]))
    np.testing.assert_allclose([ours.place, ours.speed], theirs.x)
    np.testing.assert_allclose([[ours.variance, ours.covariance], [ours.covariance, ours.speed_variance]], theirs.P)


def test_one_long_prediction_equals_many_short_ones() -> None:
    box_filter = BoxFilter()
    start = state([100, 200, 800, 0.5, 10, -20, 0])
    parts = start
    for _ in range(10):
        parts = box_filter.predict(parts, dt=0.05)
    whole = box_filter.predict(start, dt=0.5)
    np.testing.assert_allclose(astuple(parts), astuple(whole))


def test_update_gain_of_equal_uncertainties_is_a_half() -> None:
    # noise .1 sides of an area of 800: variance .01 * 800 = 8 px^2, equal to the prior's
    updated = BoxFilter().update(state([104, 200, 800, 0.5, 0, 0, 0], variance=8.0), BOX, noise=0.1)
    assert updated.x.place == pytest.approx(102)
    assert updated.x.variance == pytest.approx(4)


def test_second_measurement_reveals_the_velocity() -> None:
    box_filter = BoxFilter(acceleration=0.0, speed=1e4)  # nothing known of the velocity, and it never changes
    first = box_filter.start(BOX, noise=0.05)
    second = box_filter.update(box_filter.predict(first, 0.5), BOX + [30, 0, 30, 0], noise=0.05)
    np.testing.assert_allclose([second.x.speed, second.y.speed], [60, 0], atol=1e-4)


def test_a_certain_motion_is_what_the_box_does_and_leaves_its_place_as_unsure_as_it_was() -> None:
    box_filter = BoxFilter(acceleration=0.0)
    before = box_filter.start(BOX, noise=0.05)
    motion = Motion(0.0, 0.1, np.array([3.0, -2.0]), growth=1.1, noise=1e-6)
    later = box_filter.follow(before, motion, dt=0.2)  # for twice as long as it was seen
    np.testing.assert_allclose(mean(later)[:3], [106, 196, 800 + 2 * 800 * 0.21], rtol=1e-6)
    np.testing.assert_allclose(later.x.variance, before.x.variance, rtol=1e-6)


def test_the_gain_of_a_motion_as_unsure_as_the_velocity_is_a_half() -> None:
    # .1 sides of 28.28 px within .1 s: variance 800 px^2/s^2, equal to the prior's
    motion = Motion(1.0, 1.1, np.array([4.0, 0.0]), growth=1.0, noise=0.1)
    later = BoxFilter().follow(state([100, 200, 800, 0.5, 0, 0, 0], variance=800.0), motion, dt=0.1)
    assert later.x.speed == pytest.approx(20)


def test_near_and_far_boxes_are_treated_alike() -> None:
    def position_after(scale: float) -> float:
        box_filter = BoxFilter()
        first = box_filter.start(BOX * scale, noise=0.05)
        moved_box = (BOX + [3, 0, 3, 0]) * scale
        return float(box_filter.update(box_filter.predict(first, 0.1), moved_box, noise=0.05).x.place) / scale

    assert position_after(1.0) == pytest.approx(position_after(10.0))


def test_shrinking_box_keeps_a_positive_area() -> None:
    later = state([100, 200, 800, 0.5, 0, 0, -2000.0]).after(1.0)
    assert later[2] == pytest.approx(200)
    assert np.isfinite(to_boxes([later])).all()
    assert BoxFilter().predict(state([100, 200, 800, 0.5, 0, 0, -2000.0]), 1.0).area.place == pytest.approx(200)

"""Constant-velocity Kalman filter over boxes, in pixels and seconds.

The state is SORT's (Bewley et al., arXiv 1602.00763): centre (cx, cy), area s and aspect r = width / height, and the
velocities of the first three. Noise is given in sides (the square root of the area) so that near and far boxes are
treated alike, and grows with real time so that frames may be skipped.
"""

from dataclasses import dataclass

import numpy as np
from filterpy.kalman import KalmanFilter
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMALLEST_SIDE = 1.0  # pixels: thinner boxes are taken to be this thick, so that area and aspect stay positive
MOST_SHRINKING = 0.25  # of the area: a prediction shrinks a box to half its side at most, never to nothing


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a box at one time.

    mean: (7,) cx, cy in pixels, s in square pixels, r; then the velocities of cx, cy, s per second.
    covariance: (7, 7) of the mean.
    """

    mean: Array
    covariance: Array


class BoxFilter:
    """Kalman filter of boxes; it keeps no state of theirs, so one instance serves every track of a tracker.

    Args:
        acceleration: how fast the velocity of the centre wanders, in sides per second within a second (the root of
            the spectral density of a white-noise acceleration).
        speed: standard deviation of the velocity of a new box's centre, in sides per second.
        growth: both for the velocity of the area, in areas per second (within a second).
        reshaping: how far the aspect wanders within a second, as a part of itself.
    """

    def __init__(
        self, acceleration: float = 4.0, speed: float = 3.0, growth: float = 1.0, reshaping: float = 0.2
    ) -> None:
        self.acceleration, self.speed, self.growth, self.reshaping = acceleration, speed, growth, reshaping
        self._kalman = KalmanFilter(dim_x=7, dim_z=4)
        self._kalman.H = np.eye(4, 7)

    def start(self, box: Array, noise: float) -> State:
        """The state after a first measurement: standing still as far as is known, which is not far."""
        measured = measurement(box)
        area = measured[2]
        velocity = np.array([self.speed**2 * area, self.speed**2 * area, (self.growth * area) ** 2])
        covariance = np.diag(np.concatenate([measurement_variance(measured, noise), velocity]))
        return State(np.concatenate([measured, np.zeros(3)]), covariance)

    def predict(self, state: State, dt: float) -> State:
        """The state `dt` seconds later; cutting a wait into several predictions changes nothing."""
        transition = np.eye(7)
        transition[[0, 1, 2], [4, 5, 6]] = dt
        self._kalman.x, self._kalman.P = state.mean, state.covariance
        self._kalman.predict(F=transition, Q=self._process_noise(state.mean, dt))
        return State(moved(state.mean, dt), self._kalman.P)

    def update(self, state: State, box: Array, noise: float) -> State:
        """The state after measuring `box` (xyxy, pixels) with `noise`, the centre's standard deviation in sides."""
        measured = measurement(box)
        self._kalman.x, self._kalman.P = state.mean, state.covariance
        self._kalman.update(measured, R=np.diag(measurement_variance(measured, noise)))
        return State(self._kalman.x, self._kalman.P)

    def spread(self, means: Array, covariances: Array, dt: Array) -> Array:
        """Standard deviation (N,) in pixels of the centres of N states (N, 7), (N, 7, 7), each `dt` (N,) s later."""
        dt = np.abs(dt)
        variance = covariances[:, 0, 0] + 2 * dt * covariances[:, 0, 4] + dt**2 * covariances[:, 4, 4]
        return np.sqrt(variance + self.acceleration**2 * means[:, 2] * dt**3 / 3)

    def _process_noise(self, mean: Array, dt: float) -> Array:
        """Covariance (7, 7) of a white-noise acceleration over `dt` s (Bar-Shalom, Estimation, 2001, section 6.2.2)."""
        area, aspect = mean[2], mean[3]
        density = np.array([self.acceleration**2 * area, self.acceleration**2 * area, (self.growth * area) ** 2])
        noise = np.zeros((7, 7))
        noise[[0, 1, 2], [0, 1, 2]] = density * dt**3 / 3
        noise[[0, 1, 2], [4, 5, 6]] = noise[[4, 5, 6], [0, 1, 2]] = density * dt**2 / 2
        noise[[4, 5, 6], [4, 5, 6]] = density * dt
        noise[3, 3] = (self.reshaping * aspect) ** 2 * dt
        return noise


def measurement(box: Array) -> Array:
    """Box (4,) xyxy in pixels to (cx, cy, area, width / height)."""
    x1, y1, x2, y2 = box
    width, height = max(x2 - x1, SMALLEST_SIDE), max(y2 - y1, SMALLEST_SIDE)
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2, width * height, width / height])


def measurement_variance(measured: Array, noise: float) -> Array:
    """Variances (4,) of a measurement whose centre has the standard deviation `noise` in sides.

    With four independent edges, width and height have twice the centre's deviation, and the relative deviation of
    their product and quotient is sqrt(2) times that.
    """
    _, _, area, aspect = measured
    return noise**2 * np.array([area, area, 8 * area**2, 8 * aspect**2])


def moved(means: Array, dt: Array | float) -> Array:
    """Means (..., 7), each `dt` seconds (...) later, with the area kept positive."""
    later = means.copy()
    later[..., :3] += means[..., 4:] * np.expand_dims(dt, -1)
    later[..., 2] = np.maximum(later[..., 2], MOST_SHRINKING * means[..., 2])
    return later


def boxes_of(means: Array) -> Array:
    """Means (..., 7) to boxes (..., 4) xyxy in pixels."""
    width = np.sqrt(means[..., 2] * means[..., 3])
    half = np.stack([width, means[..., 2] / width], axis=-1) / 2
    return np.concatenate([means[..., :2] - half, means[..., :2] + half], axis=-1)

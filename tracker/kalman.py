"""Constant-velocity Kalman filter over boxes, in pixels and seconds.

The state is SORT's (Bewley et al., arXiv 1602.00763): centre (cx, cy), area s and aspect r = width / height, and the
velocities of the first three. Noise is given in sides (the square root of the area) so that near and far boxes are
treated alike, and grows with real time so that frames may be skipped.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

IDENTITY = np.eye(7)
VELOCITY = np.eye(7, k=4)  # what velocities add to cx, cy and s in a second
BOX, SPEED = np.eye(4, 7), np.eye(3, 7, k=4)  # what a measurement of the box, or of its motion, sees of the state

# Variance of a measurement whose centre has variance 1 in sides. With four independent edges, width and height have
# twice the centre's deviation, and the relative deviation of their product and quotient is sqrt(2) times that.
EDGES = np.array([1.0, 1.0, 8.0, 8.0])
# The same for a motion: points spread over a box tell its growth less well than its shift, and the area's twice.
POINTS = np.array([1.0, 1.0, 16.0])

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


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How a box moved between two moments, as another source than detections tells, such as optical flow.

    Attributes:
        since: seconds.
        until: seconds, later than `since`.
        shift: (2,) of the centre, in pixels.
        growth: of the sides, as a factor.
        noise: standard deviation of the shift, in sides.
    """

    since: float
    until: float
    shift: Array
    growth: float
    noise: float


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
        self, acceleration: float = 2.0, speed: float = 3.0, growth: float = 1.0, reshaping: float = 0.2
    ) -> None:
        from filterpy.kalman import KalmanFilter  # brings all of scipy.stats: half a second

        self._kalman = KalmanFilter(dim_x=7, dim_z=4)
        self._start = np.array([speed, speed, growth]) ** 2
        self._linear = np.diag([0, 0, 0, reshaping, acceleration, acceleration, growth]) ** 2  # what wanders by itself
        self._quadratic = VELOCITY @ self._linear + self._linear @ VELOCITY.T
        self._cubic = VELOCITY @ self._linear @ VELOCITY.T  # what wanders because its velocity does

    def start(self, box: Array, noise: float) -> State:
        """The state after a first measurement: standing still as far as is known, which is not far."""
        mean = np.concatenate([measurement(box), np.zeros(3)])
        variance = np.concatenate([noise**2 * EDGES, self._start])
        return State(mean, np.diag(variance * scale(mean) ** 2))

    def predict(self, state: State, dt: float) -> State:
        """The state `dt` seconds later."""
        self._kalman.x, self._kalman.P = state.mean, state.covariance
        self._kalman.predict(F=IDENTITY + dt * VELOCITY, Q=self._process_noise(state.mean, dt))
        return State(moved(state.mean, dt), self._kalman.P)

    def update(self, state: State, box: Array, noise: float) -> State:
        """The state after measuring `box` (xyxy, pixels) with `noise`, the centre's standard deviation in sides."""
        measured = measurement(box)
        self._kalman.x, self._kalman.P = state.mean, state.covariance
        self._kalman.update(measured, R=np.diag(noise**2 * EDGES * scale(measured)[:4] ** 2), H=BOX)
        return State(self._kalman.x, self._kalman.P)

    def follow(self, state: State, motion: Motion, dt: float) -> State:
        """The state `dt` seconds later, after moving all the while as in `motion`.

        A motion is a measurement of the velocity, not of the place: however many there are, they make the place no
        surer than the last detection did, which is right since they start from there.
        """
        seconds = motion.until - motion.since
        measured = np.array([*motion.shift, (motion.growth**2 - 1) * state.mean[2]]) / seconds
        deviation = motion.noise / seconds * scale(state.mean)[4:]
        self._kalman.x, self._kalman.P = state.mean, state.covariance
        self._kalman.update(measured, R=np.diag(deviation**2 * POINTS), H=SPEED)
        mean = self._kalman.x
        mean[2] = max(mean[2], MOST_SHRINKING * state.mean[2])  # a velocity corrects the area, too, and by any amount
        return self.predict(State(mean, self._kalman.P), dt)

    def spread(self, means: Array, covariances: Array, dt: Array) -> Array:
        """Standard deviation (N,) in pixels of the centres of N states (N, 7), (N, 7, 7), each `dt` (N,) s later."""
        dt = np.abs(dt)
        variance = covariances[:, 0, 0] + 2 * dt * covariances[:, 0, 4] + dt**2 * covariances[:, 4, 4]
        variance += self._cubic[0, 0] * means[:, 2] * dt**3 / 3
        return np.sqrt(variance)

    def _process_noise(self, mean: Array, dt: float) -> Array:
        """Covariance (7, 7) of a white-noise acceleration over `dt` s (Bar-Shalom, Estimation, 2001, section 6.2.2).

        It is the integral of F(u) L F(u)' over u from 0 to dt, with F(u) = I + u * VELOCITY and L the linear part.
        """
        noise: Array = self._linear * dt + self._quadratic * (dt**2 / 2) + self._cubic * (dt**3 / 3)
        sizes = scale(mean)
        return noise * (sizes[:, None] * sizes)


def measurement(box: Array) -> Array:
    """Box (4,) xyxy in pixels to (cx, cy, area, width / height)."""
    x1, y1, x2, y2 = box.tolist()
    width, height = max(x2 - x1, SMALLEST_SIDE), max(y2 - y1, SMALLEST_SIDE)
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2, width * height, width / height])


def scale(mean: Array) -> Array:
    """What noise (7,) in sides, areas and parts of the aspect is multiplied by to become that of `mean` (4 or 7,)."""
    area, aspect = mean[2], mean[3]
    side = math.sqrt(area)
    return np.array([side, side, area, aspect, side, side, area])


def moved(means: Array, dt: Array | float) -> Array:
    """Means (..., 7), each `dt` seconds (...) later, with the area kept positive."""
    later = means.copy()
    later[..., :3] += means[..., 4:] * np.asarray(dt)[..., None]
    later[..., 2] = np.maximum(later[..., 2], MOST_SHRINKING * means[..., 2])
    return later


def to_boxes(means: Array) -> Array:
    """Means (..., 7) to boxes (..., 4) xyxy in pixels."""
    width = np.sqrt(means[..., 2] * means[..., 3])
    half = np.stack([width, means[..., 2] / width], axis=-1) / 2
    return np.concatenate([means[..., :2] - half, means[..., :2] + half], axis=-1)

"""Constant-velocity Kalman filter over boxes, in pixels and seconds.

The state is SORT's (Bewley et al., arXiv 1602.00763): centre (cx, cy), area s and aspect r = width / height, and the
velocities of the first three. Noise is given in sides (the square root of the area) so that near and far boxes are
treated alike, and grows with real time so that frames may be skipped.

Neither motion nor measurements mix the four: the filter of the whole is four small ones side by side, in which each
step is a handful of plain numbers. With matrices of seven by seven it takes three times as long.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# Variance of a measurement whose centre has variance 1 in sides. With four independent edges, width and height have
# twice the centre's deviation, and the relative deviation of their product and quotient is sqrt(2) times that.
EDGES = 8.0  # of area and aspect
# The same for a motion: points spread over a box tell its growth less well than its shift, and the area's twice.
POINTS = 16.0  # of the area

SMALLEST_SIDE = 1.0  # pixels: thinner boxes are taken to be this thick, so that area and aspect stay positive
MOST_SHRINKING = 0.25  # of the area: foresight and hindsight shrink a box to half its side at most, never to nothing


class Axis(NamedTuple):
    """What is known of a number that changes with a velocity: both, their variances, and their covariance."""

    place: float
    speed: float
    variance: float
    speed_variance: float
    covariance: float = 0.0

    def predicted(self, dt: float, wander: float) -> "Axis":
        """The same `dt` seconds later, under a white-noise acceleration of spectral density `wander`.

        Bar-Shalom, Estimation, 2001, section 6.2.2.
        """
        place, speed, variance, speed_variance, covariance = self
        return Axis(
            place + dt * speed,
            speed,
            variance + dt * (2 * covariance + dt * (speed_variance + dt * wander / 3)),
            speed_variance + dt * wander,
            covariance + dt * (speed_variance + dt * wander / 2),
        )

    def measured(self, place: float, noise: float) -> "Axis":
        """The same after its place was measured, with this variance."""
        total = self.variance + noise
        gain = self.variance / total
        speed_gain = self.covariance / total
        surprise = place - self.place
        return Axis(
            self.place + gain * surprise,
            self.speed + speed_gain * surprise,
            self.variance * (1 - gain),
            self.speed_variance - speed_gain * self.covariance,
            self.covariance * (1 - gain),
        )

    def followed(self, speed: float, noise: float) -> "Axis":
        """The same after its velocity was measured, with this variance: by symmetry, as if it were the place."""
        swapped = Axis(self.speed, self.place, self.speed_variance, self.variance, self.covariance)
        speed, place, speed_variance, variance, covariance = swapped.measured(speed, noise)
        return Axis(place, speed, variance, speed_variance, covariance)


@dataclass(frozen=True, slots=True)
class BoxState:
    """What is known of a box at one time: cx, cy in pixels, the area in square pixels, and the aspect, which stays."""

    x: Axis
    y: Axis
    area: Axis
    aspect: Axis

    def after(self, dt: float) -> tuple[float, float, float, float]:
        """Centre, area and aspect `dt` seconds later, with the area kept positive."""
        x, y, area = self.x, self.y, self.area
        larger = max(area.place + dt * area.speed, MOST_SHRINKING * area.place)
        return x.place + dt * x.speed, y.place + dt * y.speed, larger, self.aspect.place


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
        self._speed = speed**2  # variance at first
        self._wander = acceleration**2  # spectral density
        self._growing = growth**2  # both
        self._reshaping = reshaping**2

    def start(self, box: Array, noise: float) -> BoxState:
        """The state after a first measurement: standing still as far as is known, which is not far."""
        x, y, area, aspect = measurement(box)
        place, size, shape = _variances(noise, area, aspect)
        speed = self._speed * area
        return BoxState(
            Axis(x, 0.0, place, speed),
            Axis(y, 0.0, place, speed),
            Axis(area, 0.0, size, self._growing * area**2),
            Axis(aspect, 0.0, shape, 0.0),
        )

    def predict(self, state: BoxState, dt: float) -> BoxState:
        """The state `dt` seconds later."""
        area, aspect = state.area.place, state.aspect.place
        wander = self._wander * area
        larger = state.area.predicted(dt, self._growing * area**2)
        return BoxState(
            state.x.predicted(dt, wander),
            state.y.predicted(dt, wander),
            larger._replace(place=max(larger.place, MOST_SHRINKING * area)),
            state.aspect._replace(variance=state.aspect.variance + dt * self._reshaping * aspect**2),
        )

    def update(self, state: BoxState, box: Array, noise: float) -> BoxState:
        """The state after measuring `box` (xyxy, pixels) with `noise`, the centre's standard deviation in sides."""
        x, y, area, aspect = measurement(box)
        place, size, shape = _variances(noise, area, aspect)
        return BoxState(
            state.x.measured(x, place),
            state.y.measured(y, place),
            state.area.measured(area, size),
            state.aspect.measured(aspect, shape),
        )

    def follow(self, state: BoxState, motion: Motion, dt: float) -> BoxState:
        """The state `dt` seconds later, after moving all the while as in `motion`.

        A motion is a measurement of the velocity, not of the place: however many there are, they make the place no
        surer than the last detection did, which is right since they start from there.
        """
        seconds = motion.until - motion.since
        x, y = motion.shift.tolist()
        area = state.area.place
        noise = (motion.noise / seconds) ** 2
        larger = state.area.followed((motion.growth**2 - 1) * area / seconds, POINTS * noise * area**2)
        later = BoxState(
            state.x.followed(x / seconds, noise * area),
            state.y.followed(y / seconds, noise * area),
            larger._replace(place=max(larger.place, MOST_SHRINKING * area)),  # a velocity corrects it by any amount
            state.aspect,
        )
        return self.predict(later, dt)

    def spread(self, state: BoxState, dt: float) -> float:
        """Standard deviation in pixels of the centre of a state `dt` seconds later, or earlier."""
        return math.sqrt(state.x.predicted(abs(dt), self._wander * state.area.place).variance)


def _variances(noise: float, area: float, aspect: float) -> tuple[float, float, float]:
    """Of a measured centre, area and aspect; `noise` is the standard deviation of the centre in sides."""
    return noise**2 * area, EDGES * (noise * area) ** 2, EDGES * (noise * aspect) ** 2


def measurement(box: Array) -> tuple[float, float, float, float]:
    """Box (4,) xyxy in pixels to cx, cy, area, width / height."""
    x1, y1, x2, y2 = box.tolist()
    width, height = max(x2 - x1, SMALLEST_SIDE), max(y2 - y1, SMALLEST_SIDE)
    return (x1 + x2) / 2, (y1 + y2) / 2, width * height, width / height


def to_boxes(places: ArrayLike) -> Array:
    """Centres, areas and aspects (N, 4) to boxes (N, 4) xyxy in pixels."""
    x, y, area, aspect = np.reshape(places, (-1, 4)).T
    width = np.sqrt(area * aspect)
    height = area / width
    return np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)

"""Whether a face is good enough to be recognized, how good it is, and why not."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.pose import Pose


@dataclass(frozen=True, slots=True)
class Limits:
    """What a face must reach to be looked at.

    Attributes:
        eye_distance: between the eyes, in pixels of the picture.
        sharpness: variance of the Laplacian of the aligned 112 px face, in grey levels squared.
        yaw: turned to the side by at most so many degrees.
        pitch: turned up or down by at most so many degrees.
        score: the detector's.
        uncertainty: of the five points, as a share of the eye distance.
    """

    eye_distance: float = 10.0
    sharpness: float = 12.0
    yaw: float = 50.0
    pitch: float = 40.0
    score: float = 0.4
    uncertainty: float = 0.25


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured of a face; units as in `Limits`."""

    eye_distance: float
    sharpness: float
    pose: Pose
    score: float
    uncertainty: float

    def refusal(self, limits: Limits) -> str | None:
        """Why this face should not be recognized, or None when it may be."""
        if self.score < limits.score:
            score, least = _apart(self.score, limits.score, 2)
            return f"hardly a face (detector score {score}, at least {least} needed)"
        if self.uncertainty > limits.uncertainty:
            uncertainty, most = _apart(self.uncertainty, limits.uncertainty, 2)
            return f"eyes, nose and mouth hardly seen (uncertainty {uncertainty}, limit {most})"
        if self.eye_distance < limits.eye_distance:
            distance, least = _apart(self.eye_distance, limits.eye_distance)
            return f"too small ({distance} px between the eyes, at least {least} needed)"
        if abs(self.pose.yaw) > limits.yaw:
            yaw, most = _apart(abs(self.pose.yaw), limits.yaw)
            return f"turned away (by about {yaw} degrees, limit {most})"
        if abs(self.pose.pitch) > limits.pitch:
            return f"turned {'up' if self.pose.pitch > 0 else 'down'} (by about {abs(self.pose.pitch):.0f} degrees)"
        if self.sharpness < limits.sharpness:
            sharp, least = _apart(self.sharpness, limits.sharpness)
            return f"blurred (sharpness {sharp}, at least {least} needed)"
        return None

    def quality(self) -> float:
        """0 (useless) to 1 (a large, sharp, frontal face); a product, so that nothing makes up for a flaw."""
        size = min(1.0, self.eye_distance / 36.0)  # the template's eye distance: more pixels tell the network nothing
        sharp = math.sqrt(min(1.0, self.sharpness / 150.0))
        frontal = max(0.0, math.cos(math.radians(self.pose.yaw)) * math.cos(math.radians(self.pose.pitch)))
        certain = 1.0 / (1.0 + 4.0 * self.uncertainty)
        return size * sharp * frontal * certain * self.score


def sharpness(crop: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of an aligned face (Pech-Pacheco et al., ICPR 2000), in grey levels squared."""
    return float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_32F).var())


def _apart(figure: float, limit: float, decimals: int = 0) -> tuple[str, str]:
    """A figure and the limit that it misses, with as many decimals as it takes to see that."""
    while (told := f"{figure:.{decimals}f}") == (bound := f"{limit:.{decimals}f}"):
        decimals += 1
    return told, bound

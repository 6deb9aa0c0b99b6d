"""What several trainings do to pictures: without moving what is labelled in them, which albumentations' defaults do."""

from typing import Any

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray


def motion_blur(longest: int) -> A.MotionBlur:
    """Blur of 3 to `longest` pixels in any direction, to both sides."""
    return A.MotionBlur((3, longest), allow_shifted=False, direction_range=(0, 0))


def coarse_copy(least: float, most: float, p: float) -> A.Downscale:
    """The picture at `least` to `most` of its size and back, smoothly, with the probability `p`."""
    pair = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}
    return A.Downscale((least, most), interpolation_pair=pair, p=p)


def with_mask(crop: NDArray[np.uint8], points: NDArray[Any], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The crop with a patch of one colour from the bridge of the nose to the chin; `points` (5, 2) in pixels."""
    eyes, nose, mouth = points[:2].mean(axis=0), points[2], points[3:].mean(axis=0)
    top = eyes + rng.uniform(0.3, 0.9) * (nose - eyes)
    half = rng.uniform(0.8, 1.3) * (points[1] - points[0])
    chin = mouth + rng.uniform(0.7, 1.1) * (mouth - nose)
    outline = np.array([top, nose + half, chin + half / 2, chin - half / 2, nose - half])
    color = rng.integers(0, 256, 3).tolist()
    masked = crop.copy()
    cv2.fillConvexPoly(masked, np.rint(outline).astype(np.int32), color)
    return masked

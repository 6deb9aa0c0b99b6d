"""Alignment: the one similarity transform that training, evaluation and serving share."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.errors import ModelError

SIZE = 112
# ArcFace's mean face: image-left eye, image-right eye, nose tip, left and right mouth corner.
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float32,
)


def umeyama(source: ArrayLike, target: ArrayLike) -> NDArray[np.float32]:
    """Rotation, scale and shift that carry `source` onto `target` with the least squared error.

    Points are (P, 2) in pixels; the result is a (2, 3) matrix for `cv2.warpAffine`. In the plane Umeyama's solution
    (PAMI 1991) is a regression over complex numbers, w = a z + b: `a` turns and scales and cannot mirror.
    Raises ModelError where the points do not determine a transform (all in one place, not finite).
    """
    z, w = (np.asarray(points, dtype=np.float64) @ [1, 1j] for points in (source, target))
    spread = z - z.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.vdot(spread, w - w.mean()) / np.vdot(spread, spread).real
    b = w.mean() - a * z.mean()
    if not (np.isfinite(a) and np.isfinite(b) and abs(a) > 1e-6):
        raise ModelError("These points cannot be aligned, they fall into one place or are not numbers: skip this face.")
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]], dtype=np.float32)


def warp(
    image: NDArray[np.uint8], transform: NDArray[np.float32], size: int, border: int = cv2.BORDER_CONSTANT
) -> NDArray[np.uint8]:
    """The (size, size, 3) picture that `transform` (2, 3), image to result, cuts out of `image`; black outside.

    A large face is cut out at a whole multiple of `size` and averaged down: bilinear sampling alone would skip pixels
    and show the networks an aliased face.
    """
    scale = np.sqrt(abs(np.linalg.det(transform[:, :2].astype(np.float64))))
    times = int(np.clip(np.ceil(1 / max(scale, 1e-6) - 0.5), 1, 8))
    if times == 1:
        return cv2.warpAffine(image, transform, (size, size), borderMode=border).astype(np.uint8, copy=False)
    enlarged = transform * np.float32(times)
    enlarged[:, 2] += (times - 1) / 2  # pixel centres: the first of `times` samples lies half a block before its middle
    large = cv2.warpAffine(image, enlarged, (size * times, size * times), borderMode=border)
    return cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def align(image: NDArray[np.uint8], points: ArrayLike) -> NDArray[np.uint8]:
    """The face with the five `points` (5, 2) in `image` (H, W, 3), upright, (112, 112, 3), as the embedder wants it."""
    return warp(image, umeyama(points, TEMPLATE), SIZE)

"""Made-up pictures, and where a face is in them."""

import cv2
import numpy as np

BOX = np.array([300.0, 150.0, 364.0, 230.0])


def texture(seed: int = 0, size: tuple[int, int] = (640, 360)) -> np.ndarray:
    """A grey picture of soft spots."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)

"""What several trainings do to pictures: without moving what is labelled in them, which albumentations' defaults do."""

import albumentations as A
import cv2


def motion_blur(longest: int) -> A.MotionBlur:
    """Blur of 3 to `longest` pixels in any direction, to both sides."""
    return A.MotionBlur((3, longest), allow_shifted=False, direction_range=(0, 0))


def coarse_copy(least: float, most: float, p: float) -> A.Downscale:
    """The picture at `least` to `most` of its size and back, smoothly, with the probability `p`."""
    pair = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}
    return A.Downscale((least, most), interpolation_pair=pair, p=p)

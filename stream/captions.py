"""What a window says over a picture: whose it is, how the camera is, what is wrong with it."""

import textwrap
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

FONT = cv2.FontFace("sans")  # OpenCV's own; knows most scripts
INK, PAPER = (240, 240, 240), 32
DIMMED = 0.35  # of its brightness, what is left of a picture that is no longer true
LETTER = 0.55  # width of a letter on the average, of the font's size


def with_badge(image: Image, text: str) -> Image:
    """The same picture (changed in place) with a line of text in its upper left corner."""
    label = _badge(text, _size(image))[: image.shape[0], : image.shape[1]]
    image[: label.shape[0], : label.shape[1]] = label
    return image


@lru_cache(maxsize=64)  # writing costs milliseconds, and the same few are wanted for every picture
def _badge(text: str, size: int) -> Image:
    room = size // 2
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), FONT, size)
    label = np.full((size + 2 * room, width + 2 * room, 3), PAPER, np.uint8)
    cv2.putText(label, text, (room, room + round(0.85 * size)), INK, FONT, size)
    return label


def out_of_date(image: Image, text: str) -> Image:
    """A grey, darker copy of a picture, with text in its middle that says why it is the last one."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    dim = np.asarray(grey * DIMMED, np.uint8)
    size = _size(image)
    lines = textwrap.wrap(text, max(12, int(0.9 * image.shape[1] / (LETTER * size))))
    top = image.shape[0] // 2 - round(0.7 * size * len(lines))
    for number, line in enumerate(lines, start=1):
        cv2.putText(dim, line, (round(0.05 * image.shape[1]), top + round(1.4 * size * number)), INK, FONT, size)
    return dim


def _size(image: Image) -> int:
    """Of letters that can be read on a picture, in pixels."""
    return int(max(12, max(image.shape) // 45))

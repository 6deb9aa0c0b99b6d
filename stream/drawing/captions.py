"""Text on pictures: the labels of faces, and what a window says of a camera."""

import textwrap
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Color = tuple[int, int, int]

FONT = cv2.FontFace("sans")  # OpenCV's own; knows most scripts
INK, PAPER = (240, 240, 240), (32, 32, 32)  # BGR
DIMMED = 0.35  # of its brightness, what is left of a picture that is no longer true
LETTER = 0.55  # width of a letter on the average, of the font's size


@lru_cache(maxsize=256)  # writing costs milliseconds, and the same few are wanted for every picture
def label(text: str, size: int, ink: Color = INK, paper: Color = PAPER) -> Image:
    """A line of text in letters of so many pixels; not to be changed. Colours are BGR."""
    room = max(2, size // 3)
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), FONT, size)
    plate = np.full((size + 2 * room, max(1, width) + 2 * room, 3), paper, np.uint8)
    cv2.putText(plate, text, (room, room + round(0.85 * size)), ink, FONT, size)
    return plate


def put(image: Image, plate: Image, left: int, top: int) -> None:
    """Lay a label on a picture, which is changed, moved as far as needed to be within it."""
    rows, columns = image.shape[:2]
    left = max(0, min(left, columns - plate.shape[1]))
    top = max(0, min(top, rows - plate.shape[0]))
    place = image[top : top + plate.shape[0], left : left + plate.shape[1]]
    place[:] = plate[: place.shape[0], : place.shape[1]]


def out_of_date(image: Image, text: str) -> Image:
    """A grey, darker copy of a picture, with text in its middle that says why it is the last one."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    dim = np.asarray(grey * DIMMED, np.uint8)
    size, lines = letters(image), wrapped(text, image)
    top = image.shape[0] // 2 - round(0.7 * size * len(lines))
    for number, line in enumerate(lines, start=1):
        cv2.putText(dim, line, (round(0.05 * image.shape[1]), top + round(1.4 * size * number)), INK, FONT, size)
    return dim


def wrapped(text: str, image: Image) -> list[str]:
    """A text in lines that fit on a picture."""
    return textwrap.wrap(text, max(12, int(0.9 * image.shape[1] / (LETTER * letters(image)))))


def letters(image: Image) -> int:
    """The size in pixels of letters that can be read on a picture."""
    return int(max(12, max(image.shape) // 50))

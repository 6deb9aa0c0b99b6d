"""Pictures as they are to be seen: their pixels square, and turned and mirrored as their file or camera says."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import NDArray

OBLONG = 8  # times as wide as high, or the other way round: a pixel that is more so is a damaged header


def stretch(aspect: Fraction | None) -> tuple[float, float]:
    """How much wider and how much higher a picture is to be made for its pixels to be square; it never gets smaller.

    Args:
        aspect: width of a pixel over its height; None or 0 where nothing is known.
    """
    if not aspect or not Fraction(1, OBLONG) <= aspect <= OBLONG:
        return 1.0, 1.0
    return (float(aspect), 1.0) if aspect > 1 else (1.0, float(1 / aspect))


@dataclass(frozen=True, slots=True)
class Position:
    """One of the eight in which a rectangle can lie.

    Attributes:
        on_its_side: its rows become columns, and its columns rows; this first.
        mirrored: then left becomes right.
        upside_down: and the top becomes the bottom.
    """

    on_its_side: bool = False
    mirrored: bool = False
    upside_down: bool = False

    @classmethod
    def of(cls, matrix: bytes) -> Self:
        """The nearest to what a display matrix says, as FFmpeg has it: nine 32-bit integers in rows.

        A point (x, y) is shown at (a x + c y, b x + d y), where a and b begin the first row, c and d the second.
        """
        a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].tolist()
        on_its_side = abs(b) + abs(c) > abs(a) + abs(d)
        across, down = (c, b) if on_its_side else (a, d)
        return cls(on_its_side, across < 0, down < 0)

    def show(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture (H, W, 3) in this position."""
        if self.on_its_side:
            image = image.swapaxes(0, 1)
        return np.ascontiguousarray(image[:: -1 if self.upside_down else 1, :: -1 if self.mirrored else 1])

"""A scan of a frame for faces that was decided on, as plain data: why, how closely, and where in the picture."""

from dataclasses import dataclass
from typing import Literal

from tracker import EVERYWHERE

Reason = Literal["first", "coverage", "unsure", "motion"]
Sight = tuple[float, float, float, float]

FOUND = 20.0  # pixels of a face's side in a scan, from which it counts that a face was not found


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture, or all of it.

    Attributes:
        box: xyxy in pixels of the picture.
        scale: pixels of the network's input for one of the picture.
        pixels: of the network's input that shows it.
        sight: xyxy, where in the picture it shows faces whole; endless on the sides where the picture ends.
    """

    box: tuple[int, int, int, int]
    scale: float
    pixels: int
    sight: Sight

    def __str__(self) -> str:
        x1, y1, x2, y2 = self.box
        return f"{x2 - x1}x{y2 - y1} at {x1},{y1}"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that was decided on: why, how closely and where.

    Attributes:
        size: pixels to which the picture's long side is scaled, be it scanned as a whole or not; None leaves it to the
            detector.
        region: what is scanned; None: the whole picture.
    """

    reason: Reason
    size: int | None = None
    region: Region | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole picture is scanned."""
        return self.sight == EVERYWHERE

    @property
    def pixels(self) -> int:
        """Of the network's input; 0 where the detector chooses."""
        return 0 if self.region is None else self.region.pixels

    @property
    def sight(self) -> Sight:
        """Where in the picture it shows faces whole, xyxy."""
        return EVERYWHERE if self.region is None else self.region.sight

    @property
    def smallest(self) -> float:
        """Side in pixels of the picture of the faces that it should find."""
        return 0.0 if self.region is None else FOUND / self.region.scale

    def __str__(self) -> str:
        size = () if self.size is None else (f"{self.size} px",)
        return ", ".join([self.reason, *size, *(() if self.is_whole else (str(self.region),))])

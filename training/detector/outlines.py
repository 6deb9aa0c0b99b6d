"""The outline of a head that is cut out to be pasted elsewhere.

Where all outlines are alike, a detector learns them instead of faces: it finds less where heads are cut out in another
way, or draws its boxes by the outline.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REACH = (1.2, 2.2)  # width of an outline over that of its face's box
ASPECT = (0.85, 1.3)  # its height over that of the box, for a width as much over the box's
LIFT = (-0.05, 0.3)  # how far its centre lies above the box's, in heights of the box: hair is above
SOFTNESS = (0.03, 0.4)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outline:
    """An ellipse.

    Attributes:
        across, down: its width and height over those of the face's box.
        lift: by how many heights of the box its centre lies above the box's.
        softness: the outer part of its radius on which it fades.
    """

    across: float
    down: float
    lift: float
    softness: float

    def around(self, box: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where it reaches (4,), around a face's box (4,), x1 y1 x2 y2."""
        sides = (box[2:] - box[:2]).astype(np.float64)
        middle = (box[:2] + box[2:]) / 2 - [0, self.lift * sides[1]]
        radius = sides * [self.across, self.down] / 2
        return np.concatenate([middle - radius, middle + radius])

    def opacity(self, box: NDArray[np.floating], width: int, height: int) -> Floats:
        """How far (0 to 1) it covers each pixel (height, width), around a face's box (4,), x1 y1 x2 y2."""
        reach = self.around(box)
        middle, radius = (reach[:2] + reach[2:]) / 2, (reach[2:] - reach[:2]) / 2
        rows, columns = np.mgrid[:height, :width] + 0.5
        away = np.hypot((columns - middle[0]) / radius[0], (rows - middle[1]) / radius[1])
        return np.clip((1 - away) / self.softness, 0, 1).astype(np.float32)


def any_outline(rng: np.random.Generator) -> Outline:
    """One of any shape: tight or wide, high or low, hard or soft."""
    across = rng.uniform(*REACH)
    softness = float(np.exp(rng.uniform(*np.log(SOFTNESS))))
    return Outline(across, across * rng.uniform(*ASPECT), rng.uniform(*LIFT), softness)

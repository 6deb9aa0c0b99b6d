"""Boxes and labels on the picture."""

from functools import cache

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.blur import blurred
from stream.captions import label, letters, put
from stream.frame import View

STATES = ("unknown", "probable", "named")
COLORS = sv.ColorPalette.from_hex(["#9AA5B1", "#F0B429", "#3EBD93"])  # in the order of STATES
BLACK = (0, 0, 0)


def draw(view: View, blur_unknown: bool = False) -> NDArray[np.uint8]:
    """A copy of the view's picture with a box and a label on every face.

    Args:
        blur_unknown: make everybody unrecognizable who has no name.
    """
    if not len(view.faces):
        return view.frame.image.copy()
    states = view.faces.data["state"]
    hidden = (states != "named") & blur_unknown
    scene = blurred(view.frame.image, np.asarray(view.faces.xyxy[hidden], np.float32))
    colors = np.array([STATES.index(state) for state in states])
    scene = np.asarray(_boxes(max(scene.shape)).annotate(scene, view.faces, custom_color_lookup=colors), np.uint8)
    for (x, y, _, _), text, color in zip(view.faces.xyxy, label_texts(view), colors, strict=True):
        plate = label(text, letters(scene), BLACK, COLORS.by_idx(int(color)).as_bgr())
        put(scene, plate, int(x), int(y) - plate.shape[0])
    return scene


@cache
def _boxes(size: int) -> sv.BoxAnnotator:
    """For pictures with a long side of so many pixels."""
    return sv.BoxAnnotator(COLORS, thickness=max(1, round(size / 480)))


def label_texts(view: View) -> list[str]:
    """What stands at each face: a name with its similarity, or what is known instead."""
    data = view.faces.data
    return [
        f"{name} {similarity:.2f}" if state == "named" else state
        for name, state, similarity in zip(data["name"], data["state"], data["similarity"], strict=True)
    ]

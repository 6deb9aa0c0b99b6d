"""Boxes and labels on the picture."""

from functools import cache

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.drawing.blur import blurred
from stream.drawing.captions import label, letters, put
from stream.frame import View

STATES = ("unknown", "probable", "named")
COLORS = sv.ColorPalette.from_hex(["#9AA5B1", "#F0B429", "#3EBD93"])  # in the order of STATES
BLACK = (0, 0, 0)


def draw(view: View, blur_unknown: bool = False) -> NDArray[np.uint8]:
    """A copy of the view's picture (H, W, 3 BGR) with a box and a label on every face.

    Args:
        blur_unknown: make everybody unrecognizable who has no name.
    """
    scene = blurred(view.frame.image, _strangers(view)) if blur_unknown else view.frame.image.copy()
    if not len(view.faces):
        return scene
    colors = np.array([STATES.index(state) for state in view.faces.data["state"]])
    scene = np.asarray(_boxes(max(scene.shape)).annotate(scene, view.faces, custom_color_lookup=colors), np.uint8)
    for (x, y, _, _), text, color in zip(view.faces.xyxy, label_texts(view), colors, strict=True):
        plate = label(text, letters(scene), BLACK, COLORS.by_idx(int(color)).as_bgr())
        put(scene, plate, int(x), int(y) - plate.shape[0])
    return scene


def _strangers(view: View) -> NDArray[np.float32]:
    """Boxes (N, 4) of all who have no name, shown or not."""
    shown = [
        box for box, state in zip(view.faces.xyxy, view.faces.data.get("state", ()), strict=True) if state != "named"
    ]
    return np.array([*view.unseen, *shown], np.float32).reshape(-1, 4)


@cache
def _boxes(size: int) -> sv.BoxAnnotator:
    """For pictures with a long side of so many pixels."""
    return sv.BoxAnnotator(COLORS, thickness=max(1, round(size / 480)))


def label_texts(view: View) -> list[str]:
    """What stands at each face: a name with its similarity, or what is known instead."""
    data = view.faces.data
    are_pictures = data.get("picture", [False] * len(view.faces))
    faces = zip(data["name"], data["state"], data["similarity"], are_pictures, strict=True)
    return [_label_text(*face) for face in faces]


def _label_text(name: str, state: str, similarity: float, is_picture: bool) -> str:
    if is_picture:
        return "picture"
    if state == "named":
        return f"{name} {similarity:.2f}"
    return state

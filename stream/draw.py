"""Labels on the picture, by supervision's annotators."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.blur import blurred
from stream.frame import View

STATES = ("unknown", "probable", "named")
COLORS = sv.ColorPalette.from_hex(["#9AA5B1", "#F0B429", "#3EBD93"])  # in the order of STATES


def _font() -> str | None:
    """DejaVu Sans, which comes with matplotlib (a dependency of supervision) and knows most scripts."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return None
    return str(Path(found.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf")


FONT = _font()


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
    lookup = np.array([STATES.index(state) for state in states])
    boxes, labels = _annotators(max(scene.shape[:2]))
    scene = boxes.annotate(scene, view.faces, custom_color_lookup=lookup)
    return np.asarray(labels.annotate(scene, view.faces, label_texts(view), custom_color_lookup=lookup), np.uint8)


@cache  # the font would be loaded anew for every frame
def _annotators(size: int) -> tuple[sv.BoxAnnotator, sv.RichLabelAnnotator]:
    """For pictures with a long side of so many pixels."""
    boxes = sv.BoxAnnotator(COLORS, thickness=max(1, round(size / 480)))
    labels = sv.RichLabelAnnotator(
        COLORS,
        text_color=sv.Color.BLACK,
        font_path=FONT,
        font_size=max(10, round(size / 55)),
        text_padding=max(2, round(size / 240)),
    )
    return boxes, labels


def label_texts(view: View) -> list[str]:
    """What stands at each face: a name with its similarity, or what is known instead."""
    data = view.faces.data
    return [
        f"{name} {similarity:.2f}" if state == "named" else state
        for name, state, similarity in zip(data["name"], data["state"], data["similarity"], strict=True)
    ]

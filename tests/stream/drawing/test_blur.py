"""Strangers made unrecognizable, on the picture and on what is kept of it."""

import numpy as np
import pytest
import supervision as sv

from stream.drawing.blur import blurred
from stream.drawing.draw import draw
from stream.frame import Frame, View
from tests.clips import make_faces

NOISE = np.random.default_rng(0).integers(0, 256, (200, 320, 3), np.uint8)
HERE = (40, 60, 100, 140)


def detail(image, box) -> float:
    """How much neighbouring pixels differ in a box."""
    x1, y1, x2, y2 = box
    return float(np.abs(np.diff(image[y1:y2, x1:x2].astype(int), axis=1)).mean())


def array(*boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


def test_only_what_is_in_the_boxes_loses_its_detail():
    hidden = blurred(NOISE, array(HERE))
    assert detail(hidden, HERE) < 0.2 * detail(NOISE, HERE)
    assert (hidden[:, 150:] == NOISE[:, 150:]).all()
    assert hidden is not NOISE


@pytest.mark.parametrize("box", [(-20, -20, 10, 10), (310, 190, 400, 300), (5, 5, 6, 6), (50, 50, 50, 50)])
def test_any_box_can_be_hidden(box):
    assert blurred(NOISE, array(box)).shape == NOISE.shape


def test_without_boxes_nothing_is_hidden():
    assert (blurred(NOISE, array()) == NOISE).all()


@pytest.mark.parametrize(("state", "hidden"), [("unknown", True), ("probable", True), ("named", False)])
def test_on_the_picture_everybody_is_hidden_who_is_not_named(state, hidden):
    faces = make_faces(["Ada"])
    faces.xyxy, faces.data["state"][0] = array(HERE), state
    view = View(Frame(NOISE, 0, 0.0, "door"), faces, True)
    middle = (50, 70, 90, 130)
    assert (detail(draw(view, blur_unknown=True), middle) < 0.2 * detail(NOISE, middle)) == hidden
    assert detail(draw(view), middle) == detail(NOISE, middle)


def test_those_are_hidden_too_who_are_not_shown_any_more_but_may_still_be_there():
    view = View(Frame(NOISE, 0, 0.0, "door"), sv.Detections.empty(), False, unseen=array(HERE))
    assert detail(draw(view, blur_unknown=True), HERE) < 0.2 * detail(NOISE, HERE)
    assert (draw(view) == NOISE).all()

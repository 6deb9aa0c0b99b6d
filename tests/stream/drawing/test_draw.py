"""Labels on the picture."""

import numpy as np
import pytest

from stream.drawing.draw import draw, label_texts
from stream.frame import Frame, View
from tests.clips import make_faces, make_view

DARK = Frame(np.zeros((200, 320, 3), np.uint8), 0, 0.0, "door")


def test_the_frame_itself_stays_as_it_is():
    draw(View(DARK, make_faces(["Ada"]), True))
    assert not DARK.image.any()


def test_without_faces_the_picture_is_unchanged():
    np.testing.assert_array_equal(draw(make_view()), make_view().frame.image)


def test_a_box_is_drawn_where_the_face_is():
    faces = make_faces([None])
    faces.xyxy = np.array([[100, 100, 160, 170]], np.float32)
    drawn = draw(View(DARK, faces, True))
    assert drawn[100:171, 100].any(axis=1).all()
    assert not drawn[110:160, 110:150].any()
    assert not drawn[:, :60].any()


def test_each_state_has_its_colour():
    seen = set()
    for state in ("unknown", "probable", "named"):
        faces = make_faces(["Ada"])
        faces.xyxy = np.array([[100, 100, 160, 170]], np.float32)
        faces.data["state"][0] = state
        seen.add(tuple(draw(View(DARK, faces, True))[168, 100]))
    assert len(seen) == 3


def test_a_name_comes_with_its_similarity_and_an_unsure_one_is_not_told():
    view = View(DARK, make_faces(["Ada", None], similarity=0.618), True)
    view.faces.data["state"][1] = "probable"
    assert label_texts(view) == ["Ada 0.62", "probable"]


@pytest.mark.parametrize("name", ["Zoë 🙂", "שלום", "a/b\"'", "李", "x" * 300])
def test_any_name_can_be_drawn(name):
    assert draw(View(DARK, make_faces([name]), True)).any()


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (3000, 20)])
def test_any_size_can_be_drawn(size):
    drawn = draw(make_view(size=size, faces=make_faces(["Ada"])))
    assert drawn.shape == (size[1], size[0], 3)

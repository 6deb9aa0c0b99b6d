"""What is shown of a view: drawn once, when somebody looks, and strangers blurred where that is wished."""

from dataclasses import replace

import cv2
import numpy as np

from stream.frame import View
from stream.service.watch import picture as pictures
from stream.sinks.videos import Videos
from tests.cameras import endless
from tests.clips import make_faces, make_view
from tests.fakes import showing


def test_a_picture_is_drawn_and_encoded_once_and_only_when_somebody_asks(monkeypatch):
    drawn = []
    draw = pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda view, blur: drawn.append(blur) or draw(view, blur))
    session = showing((make_view(index, index / 25, (640, 360)) for index in range(10)), [endless("door")])
    session.run()
    assert drawn == []
    picture = session.newest("door")
    assert picture.number == 9
    jpegs = {picture.jpeg(), picture.jpeg(), picture.jpeg(4000)}
    assert len(jpegs) == 1
    assert drawn == [False]
    shown = cv2.imdecode(np.frombuffer(picture.jpeg(320), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == (180, 320, 3)


def test_a_sink_gets_every_view_and_the_picture_is_drawn_once_for_all(monkeypatch):
    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append((view.frame.index, image is session.newest("door").image))

    kept = []
    session = showing((make_view(index) for index in range(3)), [endless("door")])
    session.run([Keep()])
    assert kept == [(0, True), (1, True), (2, True)]


def test_nothing_is_drawn_where_no_sink_looks(monkeypatch):
    class Count:
        __enter__ = __exit__ = lambda *_: None

        def note(self, view) -> None:
            noted.append(view.frame.index)

    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append(view.frame.index)

    noted, kept, drawn, draw = [], [], [], pictures.draw
    monkeypatch.setattr(pictures, "draw", lambda view, blur: drawn.append(view.frame.index) or draw(view, blur))
    views = [make_view(0), make_view(1, camera="garden"), make_view(2)]
    showing((view for view in views), [endless("door"), endless("garden")]).run([Videos({"garden": Keep()}), Count()])
    assert (noted, kept, drawn) == ([0, 1, 2], [1], [1])


def striped(camera: str) -> View:
    """A view with a stranger, of whom nothing is to be seen where the stripes are gone."""
    view = make_view(size=(320, 240), camera=camera, faces=make_faces([None]))
    view.faces.xyxy = np.array([[50, 20, 150, 120]], np.float32)
    view.frame.image[:, ::2] = 255
    return view


def is_sharp(image: np.ndarray) -> bool:
    return bool((image[60, 100] != image[60, 101]).any())


def test_strangers_are_blurred_on_the_pictures_of_the_cameras_that_ask_for_it():
    feeds = [replace(endless("door"), blur_unknown=True), endless("garden")]
    session = showing((striped(camera) for camera in ("door", "garden")), feeds)
    session.run()
    sharp = {camera: is_sharp(session.newest(camera).image) for camera in ("door", "garden")}
    assert sharp == {"door": False, "garden": True}


def test_strangers_are_blurred_on_the_last_picture_too_that_was_on_its_way_when_its_camera_was_removed():
    class Keep:
        __enter__ = __exit__ = lambda *_: None

        def write(self, view, image) -> None:
            kept.append(image)

    def views():
        session.remove("door")  # another thread does so while the camera's picture is looked at
        yield striped("door")

    kept = []
    session = showing(views(), [replace(endless("door"), blur_unknown=True), endless("garden")])
    session.run([Keep()])
    assert [is_sharp(image) for image in kept] == [False]

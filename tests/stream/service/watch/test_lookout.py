"""What is known of the cameras of a watch, while others change and end it."""

from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest
import supervision as sv

from stream.errors import UnknownCameraError
from stream.frame import Frame, View
from stream.service.watch.lookout import Lookout
from stream.service.watch.picture import Picture

LONG = 60.0  # seconds that no test waits


def source(name: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, live=False)


def picture(number: int, camera: str = "door") -> Picture:
    frame = Frame(np.zeros((90, 120, 3), np.uint8), number, 0.0, camera)
    return Picture(View(frame, sv.Detections.empty(), detected=False), 0.0)


@pytest.fixture
def lookout() -> Lookout:
    return Lookout([source("door")], lambda: 0.0)


def test_the_newest_picture_is_told_to_whoever_does_not_know_it(lookout):
    assert lookout.newest("door") is None
    lookout.note(picture(1))
    newest = picture(2)
    lookout.note(newest)
    assert lookout.newest("door", after=1, timeout=LONG) is newest
    assert lookout.newest("door", after=2) is None


def test_of_a_camera_that_was_removed_nothing_is_known(lookout):
    lookout.add(source("garden"))
    lookout.remove("door")
    lookout.note(picture(1))  # its last one may come late
    with pytest.raises(UnknownCameraError, match="No camera is called door"):
        lookout.newest("door", timeout=LONG)
    assert lookout.newest("garden") is None


def test_no_picture_is_noted_while_it_is_told_how_a_camera_is():
    class Asked:
        name, live = "door", False

        @property
        def problem(self) -> None:
            noting.start()
            noting.join(0.2)
            waits.append(noting.is_alive())

    waits = []
    lookout = Lookout([Asked()], lambda: 0.0)
    noting = Thread(target=lookout.note, args=[picture(1)])
    (door,) = lookout.cameras()
    noting.join(LONG)
    assert (waits, door.shown) == ([True], 0)
    assert lookout.newest("door") is not None


def test_after_the_end_nobody_waits_any_longer(lookout):
    lookout.note(picture(1))
    lookout.end()
    assert lookout.newest("door", after=1, timeout=LONG) is None

"""A real window, on a virtual screen, operated by real keys."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

SOON = 120.0  # seconds after which a step of a test has failed, though other programs keep the machine busy
PAUSE = 0.2  # seconds between two pictures of the screen, and as long as one took: meanwhile nothing can be drawn
NEEDED = {"Xvfb": "xvfb", "import": "imagemagick", "xdotool": "xdotool"}
RED, GREEN = (0, 0, 255), (0, 200, 0)
ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys, time
from pathlib import Path
import cv2
from stream.sinks.sink import Enough
from stream.sinks.window import Window
from tests.clips import make_view
image = cv2.imread(sys.argv[1])
try:
    with Window("Doorman", None, Path(sys.argv[2])) as window:
        for index in range(10_000):
            window.write(make_view(index), image)
            time.sleep(0.02)
except Enough:
    print("the user has had enough")
"""

TILES = """
import sys, time
from pathlib import Path
from stream.sinks.sink import Enough
from stream.sinks.window import Window
from tests.clips import make_view, picture
from tests.cameras import FakeCamera
try:
    with Window("Doorman", [FakeCamera("door"), FakeCamera("garden")], Path(sys.argv[1])) as window:
        for index in range(10_000):
            for camera in ("door", "garden"):
                window.write(make_view(index, camera=camera), picture(9, (640, 360)))
            time.sleep(0.02)
except Enough:
    print("the user has had enough")
"""

OPEN = """
from pathlib import Path
from stream.sinks.window import Window
with Window("Doorman", None, Path()):
    pass
"""

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"needs a virtual screen (Debian: {' '.join(NEEDED.values())})"
)


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of a virtual screen of 800x600 pixels."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset", "-displayfd", str(writing)]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        yield {**os.environ, "DISPLAY": f":{number.readline().strip()}", "PYTHONPATH": str(ROOT)}
    server.terminate()
    server.wait()


def screenshot(screen: dict[str, str], path: Path) -> NDArray[np.int64]:
    begun = time.monotonic()
    subprocess.run(["import", "-window", "root", path], env=screen, check=True, timeout=SOON)
    time.sleep(max(PAUSE, time.monotonic() - begun))
    return np.asarray(cv2.imread(str(path)), np.int64)


def test_the_events_of_the_display_are_for_qt_alone(screen):
    """Xlib, which takes some of them otherwise, is told so by the library that belongs to it, not by OpenCV's."""
    command = [sys.executable, "-c", OPEN]
    traced = {**screen, "LD_DEBUG": "bindings"}
    done = subprocess.run(command, env=traced, capture_output=True, text=True, timeout=SOON, check=True)
    told = [line.rpartition(" to ")[2] for line in done.stderr.splitlines() if "`XSetEventQueueOwner'" in line]
    assert told
    assert not any("opencv" in library for library in told)


def test_the_picture_is_on_the_screen_and_keys_are_obeyed(screen, tmp_path):
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:, :160], picture[:, 160:] = RED, GREEN
    cv2.imwrite(str(tmp_path / "picture.png"), picture)
    command = [sys.executable, "-c", SHOW, str(tmp_path / "picture.png"), str(tmp_path / "saved")]
    program = subprocess.Popen(command, env=screen, stdout=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + SOON
        while True:
            shot = screenshot(screen, tmp_path / "screenshot.png")
            if all((np.abs(shot - color) < 40).all(axis=2).sum() > 30_000 for color in (RED, GREEN)):  # of 38,400
                break
            assert time.monotonic() < end, f"the picture does not appear; the program's state is {program.poll()}"
        end = time.monotonic() + SOON
        subprocess.run(["xdotool", "mousemove", "100", "150", "key", "s"], env=screen, check=True)
        while not list(tmp_path.glob("saved/*.png")):
            assert time.monotonic() < end, "the key s saves nothing"
            time.sleep(0.05)
        subprocess.run(["xdotool", "key", "q"], env=screen, check=True)
        assert program.communicate(timeout=SOON)[0] == "the user has had enough\n"
        assert program.returncode == 0
    finally:
        program.kill()
    (saved,) = tmp_path.glob("saved/*.png")
    assert (cv2.imread(str(saved)) == picture).all()


def test_a_click_chooses_the_camera_whose_picture_is_there(screen, tmp_path):
    program = subprocess.Popen(
        [sys.executable, "-c", TILES, str(tmp_path / "saved")], env=screen, stdout=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + SOON
        while True:
            if (screenshot(screen, tmp_path / "screenshot.png")[100:300, 700:780] > 150).all():
                break
            assert time.monotonic() < end, "the second picture does not appear"
        end = time.monotonic() + SOON
        subprocess.run(["xdotool", "mousemove", "740", "200", "click", "1", "key", "s"], env=screen, check=True)
        while not list(tmp_path.glob("saved/*.png")):
            assert time.monotonic() < end, "the key s saves nothing"
            time.sleep(0.05)
        subprocess.run(["xdotool", "key", "q"], env=screen, check=True)
        assert program.communicate(timeout=SOON)[0] == "the user has had enough\n"
    finally:
        program.kill()
    assert {path.name.partition("-")[0] for path in tmp_path.glob("saved/*.png")} == {"garden"}

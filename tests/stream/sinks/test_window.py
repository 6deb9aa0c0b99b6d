import itertools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from db import DatabaseError
from models.errors import ModelError
from stream.errors import StreamError
from stream.sinks import window
from stream.sinks.naming import with_line
from stream.sinks.sink import Enough
from stream.sinks.window import REFRESH, Enroll, Window, display_problem
from stream.sources.cameras.state import State
from tests.cameras import endless
from tests.clips import grey, make_faces, make_view, picture

NO_KEY = -1


class Screen:
    """Stands for OpenCV's window: presses the given keys, one at each look at the keyboard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: list[int] = []
        self.shown: list[float] = []
        self.size: tuple[int, int] | None = None
        self.visible = 1.0
        self.open = False
        monkeypatch.setattr(window, "display_problem", lambda: None)
        monkeypatch.setattr(cv2, "namedWindow", lambda *_: setattr(self, "open", True))
        monkeypatch.setattr(cv2, "destroyWindow", lambda _: setattr(self, "open", False))
        monkeypatch.setattr(cv2, "destroyAllWindows", lambda: setattr(self, "open", False))
        monkeypatch.setattr(cv2, "pollKey", lambda: NO_KEY)
        monkeypatch.setattr(cv2, "resizeWindow", lambda _, width, height: setattr(self, "size", (width, height)))
        monkeypatch.setattr(cv2, "imshow", lambda _, image: self.shown.append(image.mean()))
        monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: self.visible)
        monkeypatch.setattr(cv2, "setMouseCallback", lambda _, mouse: setattr(self, "mouse", mouse))
        monkeypatch.setattr(cv2, "waitKey", lambda _: self.keys.pop(0) if self.keys else NO_KEY)


@pytest.fixture
def screen(monkeypatch) -> Screen:
    return Screen(monkeypatch)


def open_window(folder: Path, enroll: Enroll | None = None, clock: Callable[[], float] | None = None) -> Window:
    """A window in which every look is late enough to be drawn."""
    return Window("door", None, folder, enroll, clock or itertools.count().__next__)


def show(shown: Window, index: int = 0) -> None:
    shown.write(make_view(index, camera="front door/1"), picture(index))


def test_a_window_shows_every_picture_and_goes_away(screen, tmp_path):
    with open_window(tmp_path) as shown:
        show(shown, 1)
        show(shown, 2)
        assert screen.open
    assert screen.shown == [grey(1), grey(2)]
    assert not screen.open


def test_pictures_that_come_faster_than_can_be_seen_are_left_out_until_there_is_time(screen, tmp_path):
    now = [100.0]
    with open_window(tmp_path, clock=lambda: now[0]) as shown:
        show(shown, 1)
        now[0] += REFRESH / 2
        show(shown, 2)
        assert screen.shown == [grey(1)]
        now[0] += REFRESH
        shown.poll()
        assert screen.shown == [grey(1), grey(2)]


def test_a_picture_is_shown_only_once(screen, tmp_path):
    with open_window(tmp_path) as shown:
        show(shown, 1)
        shown.poll()
    assert screen.shown == [grey(1)]


def test_q_ends_the_run(screen, tmp_path):
    screen.keys = [ord("q")]
    with open_window(tmp_path) as shown, pytest.raises(Enough):
        show(shown)


def test_closing_the_window_ends_the_run_also_while_no_picture_comes(screen, tmp_path):
    with open_window(tmp_path) as shown:
        show(shown)
        screen.visible = 0.0
        with pytest.raises(Enough):
            shown.poll()


def test_space_pauses_until_space(screen, tmp_path):
    screen.keys = [ord(" "), NO_KEY, NO_KEY, ord(" "), ord("q")]
    with open_window(tmp_path) as shown:
        show(shown)
        assert screen.keys == [ord("q")]


def test_a_pause_can_be_ended_by_q(screen, tmp_path):
    screen.keys = [ord(" "), ord("q")]
    with open_window(tmp_path) as shown, pytest.raises(Enough):
        show(shown)


def test_s_saves_the_labelled_picture(screen, tmp_path):
    screen.keys = [ord("s")]
    with open_window(tmp_path / "new") as shown:
        show(shown, 3)
    (saved,) = (tmp_path / "new").iterdir()
    assert saved.name == "front door_1-000003.png"
    assert (cv2.imread(str(saved)) == picture(3)).all()


def test_s_before_the_first_picture_saves_nothing(screen, tmp_path):
    screen.keys = [ord("s")]
    with open_window(tmp_path) as shown:
        shown.poll()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "expected"), [((640, 360), (640, 360)), ((3840, 2160), (1280, 720)), ((100, 1440), (50, 720))]
)
def test_a_window_begins_in_a_size_that_fits_a_screen(screen, tmp_path, size, expected):
    with open_window(tmp_path) as shown:
        shown.write(make_view(size=size), picture(0, size))
    assert screen.size == expected


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_a_window_is_an_error_that_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(StreamError, match=r"DISPLAY is not set.*--no-window"), open_window(tmp_path):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_display_that_is_not_there_does_not_abort_the_program(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":97")
    assert ":97 takes no window" in display_problem()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_need_no_probe(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(subprocess, "run", None)
    assert display_problem() is None


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """What is written on the pictures that the window shows."""
    lines: list[str] = []
    monkeypatch.setattr(window, "with_line", lambda image, text: lines.append(text) or image)
    return lines


def type_name(screen: Screen, name: str, *more: int) -> None:
    screen.keys = [ord("e"), *(ord(letter) for letter in name), *more]


def name_a_face(screen, tmp_path, faces, click: tuple[int, int] | None = None) -> list[tuple[int, str]]:
    named = []
    with open_window(tmp_path, lambda view, track, name: named.append((track, name)) or "enrolled") as shown:
        keys, screen.keys = screen.keys, []
        shown.write(make_view(faces=faces), picture(0))
        if click:
            screen.mouse(cv2.EVENT_LBUTTONDOWN, *click, 0, None)
        screen.keys = keys
        shown.write(make_view(faces=faces), picture(0))
    return named


def test_e_names_the_largest_face(screen, tmp_path):
    faces = make_faces([None, None])
    faces.xyxy[1, 2:] += 20
    type_name(screen, "Adb", 8, ord("a"), 13)
    assert name_a_face(screen, tmp_path, faces) == [(2, "Ada")]


def test_e_names_the_face_that_was_clicked(screen, tmp_path):
    type_name(screen, "Ada", 13)
    assert name_a_face(screen, tmp_path, make_faces([None, None, None]), click=(12, 10)) == [(2, "Ada")]


@pytest.mark.parametrize("keys", [[ord("A"), 27], [13], [ord(" "), 13]])
def test_a_name_given_up_or_empty_names_nobody(screen, tmp_path, keys):
    screen.keys = [ord("e"), *keys]
    assert name_a_face(screen, tmp_path, make_faces([None])) == []


@pytest.mark.parametrize("problem", [DatabaseError("Locked."), ModelError("Altered."), StreamError("Gone.")])
def test_a_problem_with_naming_is_told_and_the_cameras_go_on(screen, tmp_path, told, problem):
    def enroll(*_):
        raise problem

    type_name(screen, "Ada", 13)
    with open_window(tmp_path, enroll) as shown:
        shown.write(make_view(faces=make_faces([None])), picture(0))
        show(shown, 1)
    assert told[-1] == str(problem)
    assert screen.shown[-1] == grey(1)


def test_a_problem_with_saving_is_told_and_the_cameras_go_on(screen, tmp_path, told):
    (tmp_path / "file").touch()
    screen.keys = [ord("s")]
    with open_window(tmp_path / "file") as shown:
        show(shown, 1)
        show(shown, 2)
    assert "cannot be written" in told[-1]
    assert screen.shown[-1] == grey(2)


def test_a_sentence_is_shown_whole_on_as_many_lines_as_it_needs():
    blank = picture(0, (320, 240))
    short, long = ((with_line(blank, text) != blank).any(axis=(1, 2)).sum() for text in ("A few.", "Many words. " * 12))
    assert long > 2 * short


def test_without_a_face_there_is_nobody_to_name(screen, tmp_path, told):
    screen.keys = [ord("e"), NO_KEY, ord("q")]
    with open_window(tmp_path, lambda *_: "") as shown, pytest.raises(Enough):
        shown.write(make_view(), picture(0))
    assert "no face to name" in told[0]


class Door:
    """A camera that is live."""

    name, state, problem = "door", State.LIVE, None


def live_window(folder: Path, enroll: Enroll | None = None) -> Window:
    return Window("door", [Door()], folder, enroll, itertools.count().__next__)


def test_cameras_go_on_unseen_while_the_user_pauses(screen, tmp_path):
    screen.keys = [ord(" "), NO_KEY, NO_KEY, ord(" "), NO_KEY]
    with live_window(tmp_path) as shown:
        for index in range(5):  # each returns at once, though it pauses
            shown.write(make_view(index), picture(index))
        frozen = shown._grid.chosen()[0].view.frame.index
    assert frozen == 4
    assert len(screen.shown) == 2  # before the pause and after it


def test_a_camera_that_is_added_while_the_window_is_open_is_shown_beside_the_others(screen, tmp_path):
    with live_window(tmp_path) as shown:
        shown.write(make_view(0, size=(640, 360)), picture(0, (640, 360)))
        assert screen.size == (640, 360)
        shown.add_camera(endless("garden").source, None)
        shown.write(make_view(0, size=(640, 360), camera="garden"), picture(9, (640, 360)))
        assert screen.size == (1280, 360)
        shown.forget_camera("garden")
        shown.poll()
        assert screen.size == (640, 360)


def test_cameras_go_on_while_a_name_is_typed_and_enrolled(screen, tmp_path, told):
    may, named = threading.Event(), []

    def enroll(view, track, name):
        assert may.wait(60.0)
        named.append((view.frame.index, track, name))
        return f"{name} is enrolled."

    with live_window(tmp_path, enroll) as shown:
        shown.write(make_view(0, faces=make_faces([None])), picture(0))
        type_name(screen, "Ada", 13)
        for index in range(1, 9):  # each returns at once
            shown.write(make_view(index, faces=make_faces([None])), picture(index))
        may.set()
        while not any("is enrolled" in line for line in told):
            shown.poll()
    assert named == [(1, 1, "Ada")]

"""The live picture in a window."""

import ctypes
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from db import DatabaseError
from db.names import file_name
from models.errors import ModelError
from models.files import PRIVATE
from stream.errors import StreamError
from stream.files import write_whole
from stream.frame import View
from stream.sinks.grid import Grid, Pane
from stream.sinks.naming import Line, selected_face, with_line
from stream.sinks.sink import Enough
from stream.sources.cameras.camera import Camera
from stream.sources.source import Source

Enroll = Callable[[View, int, str], str]

LARGEST = (1280, 720)  # pixels of a new window; the user may pull it to any size
REFRESH = 1 / 40  # seconds between two pictures on the screen, at least
PAUSED_POLL = 50  # milliseconds between two looks at the keyboard
TOLD = 1.5  # seconds for which the user may read an answer, at least, if no key is pressed
TOLD_A_LETTER = 0.05  # seconds likewise, for each letter
NO_KEY = -1
XLIB_WITH_XCB = "libX11-xcb.so.1"
KEYS = "(Enter, or Esc)"
PROBE = "import cv2; cv2.namedWindow('probe', cv2.WINDOW_NORMAL); cv2.pollKey()"


def display_problem() -> str | None:
    """Why no window can be opened here, in a sentence; None if one can."""
    if sys.platform != "linux":
        return None
    advice = "use --no-window, and --out FILE.mp4 to keep the picture."
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not display:
        return f"There is no display for a window (DISPLAY is not set): {advice}"
    return None if takes_windows(display) else f"The display {display} takes no window: {advice}"


@cache
def takes_windows(display: str) -> bool:  # noqa: ARG001 - the answer is remembered for each
    """Whether a window can be opened on the display of the environment.

    It is tried in another process: where there is no display, Qt does not raise but aborts.
    """
    return subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=False).returncode == 0


def leave_events_to_qt() -> None:
    """Let no event of the display be lost; call it before the first window.

    Qt reads the events, and tells Xlib so by libX11-xcb. OpenCV's wheel brings that library from an older Xlib, which
    tells it in the wrong place of the system's: Xlib reads events, too, and those that it is the first to read, as on a
    busy machine, are lost, be it a key or that the window is there to be drawn on, without which it stays black. Qt
    takes the system's own library where that is loaded for all; who has it not lives with OpenCV's.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            ctypes.CDLL(XLIB_WITH_XCB, mode=ctypes.RTLD_GLOBAL)


@dataclass(slots=True)
class _Asked:
    """A name that is being typed: for a face of a view, by its track, over the picture that stands still meanwhile."""

    view: View
    track: int
    line: Line
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer that is shown until a time in seconds."""

    text: str
    until: float


class Window:
    """Shows the labelled pictures, those of several cameras beside each other.

    It must be used from the main thread; which cameras come and go may be told from any.

    Keys: q (or closing it) ends the run, space pauses, s saves the labelled pictures, e names the face that was clicked
    last, or the largest. Both keep to the camera that was clicked last, if one was.

    Args:
        cameras: that are shown at first, with their states, also while no picture comes; None for recordings.
        snapshots: the folder for saved pictures.
        enroll: enrols a face, by its track in the view, under a name; returns what to tell of it.
        clock: seconds, never falling.
    """

    def __init__(
        self,
        title: str,
        cameras: Sequence[Camera] | None,
        snapshots: Path,
        enroll: Enroll | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._grid = Grid(cameras)
        self._live = cameras is not None
        self._changes: SimpleQueue[Callable[[], None]] = SimpleQueue()  # of the grid, for the main thread
        self._snapshots = snapshots
        self._enroll = enroll
        self._clock = clock
        self._shown = -math.inf
        self._fitted = False
        self._paused = False
        self._asked: _Asked | None = None
        self._answer: Future[str] | None = None
        self._told: _Told | None = None
        self._beside = ThreadPoolExecutor(1, "enrolment")

    def __enter__(self) -> Self:
        """Raises StreamError if there is no display."""
        problem = display_problem()
        if problem:
            raise StreamError(problem)
        leave_events_to_qt()
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.setMouseCallback(self._title, self._mouse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.shutdown()
        cv2.destroyAllWindows()

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Show a picture, now or soon. Raises Enough if the user quits.

        While the user pauses or types, cameras go on unseen; a recording waits.
        """
        self._make_changes()
        if not (self._is_frozen and self._live):
            self._fitted &= bool(self._grid.chosen())  # it is the first picture's size that counts
            self._grid.put(view, image)
        self.poll()
        while self._is_frozen and not self._live:
            self._look(PAUSED_POLL)

    def poll(self) -> None:
        """Show what is new and obey the keys. Call it now and then while no picture comes, too.

        More often than the eye can see it does nothing: showing costs milliseconds, and four cameras give 100 pictures
        a second. Raises Enough if the user quits.
        """
        if self._clock() - self._shown >= REFRESH:
            self._look(1)

    def add_camera(self, source: Source, _out: Path | None, /) -> None:
        """Show this one, too."""
        if isinstance(source, Camera):
            self._changes.put(partial(self._grid.add, source))

    def forget_camera(self, name: str) -> None:
        """Show it no more."""
        self._changes.put(partial(self._grid.remove, name))

    def _make_changes(self) -> None:
        """Show the cameras that there are by now, in a size that fits as many."""
        try:
            while True:
                self._changes.get_nowait()()
                self._fitted = False
        except Empty:
            return

    @property
    def _is_frozen(self) -> bool:
        """Whether the pictures stand still."""
        return self._paused or self._asked is not None or self._answer is not None or self._told is not None

    def _look(self, milliseconds: int) -> None:
        """Show what there is, and wait so long for a key."""
        self._shown = self._clock()
        self._make_changes()
        self._hear()
        self._draw()
        key = cv2.waitKey(milliseconds)
        if self._closed():
            raise Enough
        self._react(key)

    def _draw(self) -> None:
        if self._asked is not None:
            cv2.imshow(self._title, with_line(self._asked.image, f"Who is this? {self._asked.line.text}_   {KEYS}"))
        elif self._told is not None:
            cv2.imshow(self._title, with_line(self._grid.draw(), self._told.text))
        elif self._grid.fresh():
            self._show(self._grid.draw())

    def _react(self, key: int) -> None:
        """Let a key be part of a name, end what is told, or be a command; with none, what was told for long ends."""
        if self._asked is not None:
            self._type(self._asked, key & 0xFF)
        elif self._told is not None:
            if chr(key & 0xFF) == "q":
                raise Enough
            if key != NO_KEY or self._clock() >= self._told.until:
                self._told = None
        else:
            self._obey(key)

    def _show(self, image: NDArray[np.uint8]) -> None:
        if not self._fitted:
            self._fitted = True
            rows, columns = image.shape[:2]
            scale = min(1.0, LARGEST[0] / columns, LARGEST[1] / rows)
            cv2.resizeWindow(self._title, max(1, round(columns * scale)), max(1, round(rows * scale)))
        cv2.imshow(self._title, image)

    def _obey(self, key: int) -> None:
        pressed = chr(key & 0xFF)
        if pressed == "q":
            raise Enough
        if pressed == " ":
            self._paused = not self._paused
        elif pressed == "s":
            try:
                for pane in self._grid.chosen():
                    self._save(pane)
            except StreamError as problem:  # the cameras go on
                self._tell(str(problem))
        elif pressed == "e":
            self._ask()

    def _closed(self) -> bool:
        return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1

    def _mouse(self, event: int, x: int, y: int, _flags: int, _data: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            self._grid.select(x, y)

    def _ask(self) -> None:
        """Let the user type a name for a face."""
        if self._enroll is None:
            return
        face = selected_face(self._grid.chosen())
        if face is None:
            self._tell("There is no face to name, or not the one that was clicked any more: click another.")
            return
        pane, row = face
        assert pane.view is not None
        view = pane.view
        pane.mark(row)
        self._asked = _Asked(view, pane.track(row), Line(), self._grid.draw())

    def _type(self, asked: "_Asked", key: int) -> None:
        """Take a key of the name that is typed; a whole name is enrolled beside, since that takes its time."""
        asked.line.press(key)
        if asked.line.done:
            self._asked = None
            if asked.line.text is not None and self._enroll is not None:
                self._answer = self._beside.submit(self._enroll, asked.view, asked.track, asked.line.text)

    def _hear(self) -> None:
        """Tell what became of the enrolment, once that is known."""
        if self._answer is None or not self._answer.done():
            return
        answer, self._answer = self._answer, None
        try:
            self._tell(answer.result())
        except (DatabaseError, ModelError, StreamError) as problem:  # the cameras go on
            self._tell(str(problem))

    def _tell(self, text: str) -> None:
        """Let the user read an answer."""
        self._told = _Told(text, self._clock() + max(TOLD, TOLD_A_LETTER * len(text)))

    def _save(self, pane: Pane) -> None:
        if pane.view is not None and pane.image is not None:
            name = f"{file_name(pane.view.frame.camera)}-{pane.view.frame.index:06d}.png"
            _, data = cv2.imencode(".png", pane.image)
            write_whole(self._snapshots / name, data.tobytes(), PRIVATE)

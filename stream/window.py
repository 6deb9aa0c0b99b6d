"""The live picture in a window."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from db.names import file_name
from stream.errors import StreamError
from stream.files import write_whole
from stream.frame import View
from stream.naming import Line, selected_face, with_line
from stream.sinks import Enough

Enroll = Callable[[View, int, str], str]

LARGEST = (1280, 720)  # pixels of a new window; the user may pull it to any size
PAUSED_POLL = 50  # milliseconds between two looks at the keyboard
TOLD = 1500  # milliseconds for which the user may read an answer, if no key is pressed
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


class Window:
    """Shows the labelled picture; must be used from the main thread.

    Keys: q (or closing it) ends the run, space pauses, s saves the labelled picture as it is shown, e names the face
    that was clicked last, or the largest.

    Args:
        snapshots: the folder for saved pictures.
        enroll: enrols a face, by its row in the view, under a name; returns what to tell of it.
    """

    def __init__(self, title: str, snapshots: Path, enroll: Enroll | None = None) -> None:
        self._title = title
        self._snapshots = snapshots
        self._enroll = enroll
        self._click: tuple[int, int] | None = None
        self._paused = False
        self._shown: tuple[View, NDArray[np.uint8]] | None = None

    def __enter__(self) -> Self:
        """Raises StreamError if there is no display."""
        problem = display_problem()
        if problem:
            raise StreamError(problem)
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.setMouseCallback(self._title, self._mouse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cv2.destroyAllWindows()

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Show a picture; does not return while the user pauses. Raises Enough if the user quits."""
        if self._shown is None:
            rows, columns = image.shape[:2]
            scale = min(1.0, LARGEST[0] / columns, LARGEST[1] / rows)
            cv2.resizeWindow(self._title, max(1, round(columns * scale)), max(1, round(rows * scale)))
        self._shown = view, image
        cv2.imshow(self._title, image)
        self.poll()
        while self._paused:
            self.poll(PAUSED_POLL)

    def poll(self, milliseconds: int = 1) -> None:
        """Obey the keys. Call it now and then while no picture comes, too. Raises Enough if the user quits."""
        key = chr(cv2.waitKey(milliseconds) & 0xFF)
        if key == "q" or cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1:
            raise Enough
        if key == " ":
            self._paused = not self._paused
        elif key == "s" and self._shown is not None:
            self._save(*self._shown)
        elif key == "e" and self._shown is not None:
            self._name(*self._shown)

    def _mouse(self, event: int, x: int, y: int, _flags: int, _data: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            self._click = x, y

    def _name(self, view: View, image: NDArray[np.uint8]) -> None:
        """Let the user type a name for a face; the picture stands still meanwhile."""
        row, line = selected_face(view, self._click), Line()
        if row is None or self._enroll is None:
            return
        while not line.done:
            cv2.imshow(self._title, with_line(image, f"Who is this? {line.text}_   (Enter, or Esc)"))
            line.press(cv2.waitKey(PAUSED_POLL) & 0xFF)
            if cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1:
                raise Enough
        if line.text is not None:
            cv2.imshow(self._title, with_line(image, self._enroll(view, row, line.text)))
            cv2.waitKey(TOLD)

    def _save(self, view: View, image: NDArray[np.uint8]) -> None:
        _, data = cv2.imencode(".png", image)
        name = f"{file_name(view.frame.camera)}-{view.frame.index:06d}.png"
        write_whole(self._snapshots / name, data.tobytes())

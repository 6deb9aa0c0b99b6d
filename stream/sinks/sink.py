"""Where views go to."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from stream.frame import View
from stream.sources.source import Source


class Enough(Exception):  # noqa: N818 - like StopIteration, it is no error
    """The user wants no more: raised by a sink to end the run."""


class Sink(Protocol):
    """Takes every view of a run; what it has taken so far is whole when it is left, however it is left."""

    def __enter__(self) -> Self:
        """Get ready. Raises StreamError if it cannot be written to."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what was written. Raises StreamError if that fails."""

    def write(self, view: View, image: NDArray[np.uint8]) -> None:
        """Take a view and its labelled picture (H, W, 3).

        Raises:
            StreamError: there is no room for it.
            Enough: the user wants no more.
        """


@runtime_checkable
class Notes(Protocol):
    """A sink that takes views without their pictures: for it none is drawn."""

    def __enter__(self) -> Self:
        """As of `Sink`."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As of `Sink`."""

    def note(self, view: View) -> None:
        """Take a view. Raises StreamError if there is no room for it."""


@runtime_checkable
class Polled(Protocol):
    """A sink that wants its turn also while no view comes."""

    def poll(self) -> None:
        """Look around; ten times a second or more. Raises Enough if the user wants no more."""


@runtime_checkable
class Following(Protocol):
    """A sink that is told which cameras come and go while it runs; from any thread."""

    def add_camera(self, source: Source, out: Path | None, /) -> None:
        """This one is watched, too; its labelled video is to be `out`. Raises StreamError if that cannot be written."""

    def forget_camera(self, name: str) -> None:
        """This one is watched no more."""


@runtime_checkable
class Selective(Protocol):
    """A sink that takes some views only: for others no picture is drawn."""

    def wants(self, view: View) -> bool:
        """Whether it takes this one."""


def wants_picture(sink: Sink | Notes, view: View) -> bool:
    """Whether a sink wants the picture of this view."""
    return not isinstance(sink, Notes) and (not isinstance(sink, Selective) or sink.wants(view))


def hand(sink: Sink | Notes, view: View, image: Callable[[], NDArray[np.uint8]]) -> None:
    """Give a sink a view; its labelled picture (H, W, 3) is drawn only if the sink looks at it."""
    if isinstance(sink, Notes):
        sink.note(view)
    elif wants_picture(sink, view):
        sink.write(view, image())

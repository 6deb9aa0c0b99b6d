"""Figures of the run, served while it goes on."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stream.frame import View
from stream.metrics import Metrics, serve
from stream.sources import Source


class Figures:
    """A sink that counts what is shown, and serves the figures; it comes after those that show it.

    Args:
        port: on this machine, see `serve`.
    """

    def __init__(self, sources: Sequence[Source], port: int) -> None:
        self._metrics = Metrics()
        self._port = port
        self._serving = ExitStack()
        for source in sources:
            self._metrics.add_camera(source)

    def __enter__(self) -> Self:
        """Raises StreamError if the port is taken."""
        self._serving.enter_context(serve(self._metrics, self._port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.close()

    def write(self, view: View, image: NDArray[np.uint8]) -> None:  # noqa: ARG002 - it looks at no picture
        """Count a view."""
        self._metrics.shown(view, time.monotonic())

"""Metrics of the run, served while it goes on."""

from collections.abc import Mapping, Sequence, Sized
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.frame import View
from stream.monitoring.metrics import Metrics
from stream.monitoring.serving import serve
from stream.sources.address import LOOPBACK
from stream.sources.source import Source


class MetricsSink:
    """A sink that counts what is shown, and serves the metrics; it comes after those that show it.

    Args:
        port, host: where they are served, see `serve`.
        queues: where events wait, by the name of their sink.
    """

    def __init__(
        self, sources: Sequence[Source], port: int, host: str = LOOPBACK, queues: Mapping[str, Sized] | None = None
    ) -> None:
        self._metrics = Metrics(queues=queues)
        self._port = port
        self._host = host
        self._serving = ExitStack()
        for source in sources:
            self._metrics.add_camera(source)

    def __enter__(self) -> Self:
        """Raises StreamError if they cannot be served there."""
        self._serving.enter_context(serve(self._metrics, self._port, self._host))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.close()

    def add_camera(self, source: Source, _out: Path | None, /) -> None:
        """Tell of this source from now on."""
        self._metrics.add_camera(source)

    def forget_camera(self, name: str) -> None:
        """Tell of it no more."""
        self._metrics.forget_camera(name)

    def note(self, view: View) -> None:
        """Count a view."""
        self._metrics.shown(view)

"""Progress on a terminal."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from stream.frame import View
from stream.sources.source import Source


class Bar:
    """A bar that is on the terminal within a `with` block."""

    _bar: Progress

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class ProgressBar(Bar):
    """A sink that shows on a terminal how much of the sources has been watched, where their length is known."""

    def __init__(self, sources: Sequence[Source]) -> None:
        terminal = Console(stderr=True)
        counts = [source.frames for source in sources if source.frames is not None]
        hidden = len(counts) < len(sources) or not terminal.is_terminal
        self._bar = Progress(console=terminal, transient=True, disable=hidden)
        self._task = self._bar.add_task(escape(", ".join(source.name for source in sources)), total=sum(counts))

    def note(self, view: View) -> None:  # noqa: ARG002 - it only counts
        """One more."""
        self._bar.advance(self._task)

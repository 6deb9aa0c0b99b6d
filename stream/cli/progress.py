"""Progress on a terminal."""

from collections.abc import Generator, Sequence
from contextlib import closing

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from stream.frame import View
from stream.sources.source import Source


def with_progress(views: Generator[View], sources: Sequence[Source]) -> Generator[View]:
    """The same views, with a progress bar on a terminal where the sources' length is known."""
    terminal = Console(stderr=True)
    counts = [source.frames for source in sources if source.frames is not None]
    hidden = len(counts) < len(sources) or not terminal.is_terminal
    title = ", ".join(source.name for source in sources)
    with closing(views):
        yield from track(views, escape(title), sum(counts), console=terminal, transient=True, disable=hidden)

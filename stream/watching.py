"""Watching from the command line: views from a source, drawn and handed to the sinks."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from stream.draw import draw
from stream.errors import StreamError
from stream.frame import View
from stream.json_log import JsonLog
from stream.reader import Camera
from stream.recognizer import Recognizer
from stream.schedule import LIVE, RECORDED, Schedule
from stream.sinks import Enough, Sink
from stream.sources import Source, open_source
from stream.video_sink import VideoSink
from stream.window import Window, display_problem


def open_sources(texts: Sequence[str], camera: str | None, realtime: bool) -> list[Source]:
    """The sources to watch one after the other.

    Raises:
        StreamError: one cannot be opened, or there are several and one of them is a camera, which has no end.
    """
    sources = [open_source(text, camera, realtime) for text in texts]
    if len(sources) > 1 and any(source.live for source in sources):
        raise StreamError("One command watches one camera: start another `watch` for each of the others.")
    return sources


def schedule_for(source: Source, detect_every: int | None) -> Schedule:
    """The schedule that suits a source, with as many frames between detections as the user wants."""
    usual = LIVE if source.live else RECORDED
    return usual if detect_every is None else replace(usual, detect_every=detect_every)


def sinks_for(
    source: Source, window: bool | None, out: Path | None, log: Path | None, saved: Path, recognizer: Recognizer
) -> list[Sink]:
    """Where a source's views go.

    Args:
        window: None shows a camera where there is a display.
        saved: the folder for pictures that the user saves in the window.
        recognizer: enrols whom the user names in the window.
    """

    def enroll(view: View, row: int, name: str) -> str:
        verdict = recognizer.enroll_shown(view, row, name)
        return f"Refused: {verdict.refused}" if verdict.refused else f"{name} is enrolled."

    sinks: list[Sink] = []
    if window or (window is None and source.live and display_problem() is None):
        shown = Window(source.name, saved, enroll)
        sinks.append(shown)
        if isinstance(source, Camera):
            source.on_wait = shown.poll  # the keys work while no picture comes, too
    if out is not None:
        sinks.append(VideoSink(out, source.fps))
    if log is not None:
        sinks.append(JsonLog(log, live=source.live))
    return sinks


def show(views: Generator[View], sinks: Sequence[Sink]) -> None:
    """Draw every view and hand it to all sinks, until the views end or the user wants no more.

    Raises:
        StreamError: a sink cannot be written.
    """
    with suppress(Enough), ExitStack() as stack:
        for sink in sinks:
            stack.enter_context(sink)
        stack.enter_context(closing(views))
        for view in views:
            image = draw(view)
            for sink in sinks:
                sink.write(view, image)


def with_progress(views: Generator[View], source: Source) -> Generator[View]:
    """The same views, with a progress bar on a terminal where the source's length is known."""
    terminal = Console(stderr=True)
    hidden = source.frames is None or not terminal.is_terminal
    with closing(views):
        yield from track(views, source.name, source.frames, console=terminal, transient=True, disable=hidden)

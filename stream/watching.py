"""Watching from the command line: views from sources, drawn and handed to the sinks."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from db.names import file_name
from stream.draw import draw
from stream.errors import StreamError
from stream.frame import View
from stream.json_log import JsonLog
from stream.reader import Camera
from stream.recognizer import Recognizer
from stream.schedule import LIVE, RECORDED, Schedule
from stream.sinks import Enough, OnlyOf, Sink
from stream.sources import Source, open_source
from stream.video_sink import VideoSink
from stream.watched import Watched, all_live
from stream.window import Window, display_problem


def watched_of(
    texts: Sequence[str],
    camera: str | None,
    realtime: bool,
    detect_every: int | None,
    lookahead: float,
    max_seconds: float,
    snapshots: Path | None,
) -> list[Watched]:
    """The sources, opened, and how to watch them.

    Raises:
        StreamError: one cannot be opened, or they cannot be watched together.
    """
    sources = [open_source(text, camera, realtime) for text in texts]
    schedules = [schedule_for(source, detect_every) for source in sources]
    watched = [
        Watched(source, schedule, lookahead, max_seconds, snapshots)
        for source, schedule in zip(sources, schedules, strict=True)
    ]
    all_live(watched)
    return watched


def schedule_for(source: Source, detect_every: int | None) -> Schedule:
    """The schedule that suits a source, with as many frames between detections as the user wants."""
    usual = LIVE if source.live else RECORDED
    return usual if detect_every is None else replace(usual, detect_every=detect_every)


def sinks_for(
    sources: Sequence[Source],
    window: bool | None,
    out: Path | None,
    log: Path | None,
    saved: Path,
    recognizer: Recognizer,
) -> list[Sink]:
    """Where the views of the sources go.

    Args:
        window: None shows cameras where there is a display.
        out: the video; several sources have one each, with their name in its name.
        log: the log of all sources.
        saved: the folder for pictures that the user saves in the window.
        recognizer: enrols whom the user names in the window.

    Raises:
        StreamError: the videos of two sources would have the same name, or one that is no video's.
    """

    def enroll(view: View, row: int, name: str) -> str:
        verdict = recognizer.enroll_shown(view, row, name)
        return f"Refused: {verdict.refused}" if verdict.refused else f"{name} is enrolled."

    cameras = [source for source in sources if isinstance(source, Camera)]
    sinks: list[Sink] = []
    if window or (window is None and cameras and display_problem() is None):
        shown = Window(sources[0].name if len(sources) == 1 else "Doorman", cameras, saved, enroll)
        sinks.append(shown)
        for camera in cameras[:1]:
            camera.on_wait = shown.poll  # states are shown and keys obeyed while no picture comes, too
    if out is not None:
        sinks += videos(out, sources)
    if log is not None:
        sinks.append(JsonLog(log, live=bool(cameras)))
    return sinks


def videos(out: Path, sources: Sequence[Source]) -> list[Sink]:
    """A video for each source; `door.mp4` of several becomes `door-<camera>.mp4`."""
    if len(sources) == 1:
        return [VideoSink(out, sources[0].fps)]
    paths = {source.name: out.with_stem(f"{out.stem}-{file_name(source.name)}") for source in sources}
    if len(set(paths.values())) < len(sources):
        raise StreamError("Sources of the same name cannot have a video each: name them, as name=SOURCE.")
    return [OnlyOf(source.name, VideoSink(paths[source.name], source.fps)) for source in sources]


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


def with_progress(views: Generator[View], sources: Sequence[Source]) -> Generator[View]:
    """The same views, with a progress bar on a terminal where the sources' length is known."""
    terminal = Console(stderr=True)
    counts = [source.frames for source in sources if source.frames is not None]
    hidden = len(counts) < len(sources) or not terminal.is_terminal
    title = ", ".join(source.name for source in sources)
    with closing(views):
        yield from track(views, title, sum(counts), console=terminal, transient=True, disable=hidden)

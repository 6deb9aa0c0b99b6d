"""Watching from the command line: views from sources, drawn and handed to the sinks."""

from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from stream.drawing.draw import draw
from stream.errors import StreamError
from stream.feed import Feed, all_live
from stream.frame import View
from stream.recognizer import Recognizer
from stream.sinks.json_log import JsonLog
from stream.sinks.sink import Enough, OnlyOf, Sink
from stream.sinks.video import VideoSink
from stream.sinks.window import Window, display_problem
from stream.sources.camera import Camera
from stream.sources.recording import VideoFile
from stream.sources.source import Source


def stand_in(recognizer: Recognizer, feeds: Sequence[Feed]) -> str | None:
    """Which detector takes the place of the one that was named, as a sentence; None where it is that one itself."""
    watching = recognizer.analyzer_for(all_live(feeds))
    named, used = (one.detector.network.entry.name for one in (recognizer.analyzer, watching))
    if used == named:
        return None
    return f"Faces are found by {used}, {named} in 8-bit integers: this CPU is made for them."


def sinks_for(
    sources: Sequence[Source],
    videos: Mapping[str, Path],
    window: bool | None,
    log: Path | None,
    saved: Path,
    recognizer: Recognizer,
) -> list[Sink]:
    """Where the views of the sources go.

    Args:
        videos: files for the labelled videos, by the name of the source.
        window: None shows cameras where there is a display.
        log: the log of all sources.
        saved: the folder for pictures that the user saves in the window.
        recognizer: enrols whom the user names in the window.

    Raises:
        StreamError: a video's name is none.
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
    sinks += [
        OnlyOf(
            source.name,
            VideoSink(videos[source.name], source.fps, source.path if isinstance(source, VideoFile) else None),
        )
        for source in sources
        if source.name in videos
    ]
    if log is not None:
        sinks.append(JsonLog(log, live=bool(cameras)))
    return sinks


def show(views: Generator[View], sinks: Sequence[Sink], blurred: Container[str] = ()) -> None:
    """Draw every view and hand it to all sinks, until the views end or the user wants no more.

    Args:
        blurred: the cameras on whose pictures everybody is unrecognizable who has no name.

    Raises:
        StreamError: a sink cannot be written, or the user wants no more before the first view.
    """
    given = False
    with suppress(Enough), ExitStack() as stack:
        for sink in sinks:
            stack.enter_context(sink)
        stack.enter_context(closing(views))
        for view in views:
            given = True
            image = draw(view, view.frame.camera in blurred)
            for sink in sinks:
                sink.write(view, image)
    if not given:
        raise StreamError("It was ended before any camera gave a picture: check that they are on, or wait for longer.")

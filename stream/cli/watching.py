"""Watching from the command line: views from sources, drawn and handed to the sinks."""

from collections.abc import Container, Generator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from stream.drawing.draw import draw
from stream.errors import StreamError
from stream.frame import View
from stream.recognizer import Recognizer
from stream.settings import CameraSettings
from stream.sinks.json_log import JsonLog
from stream.sinks.sink import Enough, OnlyOf, Sink
from stream.sinks.video import VideoSink
from stream.sinks.window import Window, display_problem
from stream.sources.camera import Camera
from stream.sources.source import Source, open_source
from stream.watched import Watched, all_live, schedule_for


def watched_of(cameras: Sequence[CameraSettings]) -> list[Watched]:
    """The sources, opened, and how to watch them.

    Raises:
        StreamError: one cannot be opened, or they cannot be watched together.
    """
    watched = [_watched(camera) for camera in cameras]
    all_live(watched)
    return watched


def _watched(camera: CameraSettings) -> Watched:
    source = open_source(camera.source, camera.name, camera.realtime, certificate=camera.certificate)
    return Watched(
        source,
        schedule_for(source, camera.detect_every),
        camera.lookahead,
        camera.max_seconds,
        camera.threshold,
        camera.area,
        camera.snapshots,
        camera.blur_unknown,
    )


def stand_in(recognizer: Recognizer, watched: Sequence[Watched]) -> str | None:
    """Which detector takes the place of the one that was named, as a sentence; None where it is that one itself."""
    named, used = (
        analyzer.detector.network.entry.name for analyzer in (recognizer.analyzer, recognizer.analyzer_for(watched))
    )
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
        OnlyOf(source.name, VideoSink(videos[source.name], source.fps)) for source in sources if source.name in videos
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

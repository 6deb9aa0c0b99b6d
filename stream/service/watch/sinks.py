"""Where the views of a watch go."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from stream.frame import View
from stream.gallery.shown import enroll_shown, in_a_sentence
from stream.recognizer import Recognizer
from stream.sinks.json_log import JsonLog
from stream.sinks.sink import Notes, Sink
from stream.sinks.video import CameraVideo, VideoSink
from stream.sinks.videos import Videos
from stream.sinks.window import Window, display_problem
from stream.sources.cameras.camera import Camera
from stream.sources.recording import VideoFile
from stream.sources.source import Source


def sinks_for(
    sources: Sequence[Source],
    videos: Mapping[str, Path],
    window: bool | None,
    log: Path | None,
    saved: Path,
    recognizer: Recognizer,
) -> list[Sink | Notes]:
    """Where the views of the sources go.

    Args:
        sources: what is watched at first: recordings; or cameras, if any are there yet.
        videos: files for the labelled videos, by the name of the source.
        window: None shows cameras where there is a display.
        log: the log of all sources.
        saved: the folder for pictures that the user saves in the window.
        recognizer: enrols whom the user names in the window.

    Raises:
        StreamError: a video's name is none.
    """

    def enroll(view: View, track: int, name: str) -> str:
        return in_a_sentence(name, enroll_shown(recognizer.enroller, view, track, name))

    is_live = all(source.live for source in sources)
    cameras = [source for source in sources if isinstance(source, Camera)]
    sinks: list[Sink | Notes] = []
    if window or (window is None and cameras and display_problem() is None):
        title = sources[0].name if len(sources) == 1 else "Doorman"
        sinks.append(Window(title, cameras if is_live else None, saved, enroll))
    sinks.append(Videos({one.name: _video(one, videos[one.name]) for one in sources if one.name in videos}))
    if log is not None:
        sinks.append(JsonLog(log, live=is_live))
    return sinks


def _video(source: Source, path: Path) -> Sink:
    if source.live:
        return CameraVideo(path, source.fps)
    return VideoSink(path, source.fps, source.path if isinstance(source, VideoFile) else None)

"""The web demonstration, `make demo-web`: a man is enrolled, and the clip plays as a camera, again and again."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from stream.cli.terminal import say
from stream.files import write_whole
from stream.recognizer import Recognizer
from stream.service.watch.session import WatchSession
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.capture import Playback
from stream.sources.decoding import LazyPicture
from stream.sources.recording import VideoFile
from stream.watching.feed import Feed
from web.command import Web, beside


def main(web: Web = "8765") -> None:
    """Serve the pages beside a camera that shows the demo clip; nothing is kept."""
    with TemporaryDirectory() as folder, Recognizer.open("sqlite://") as recognizer:
        portrait = Path(folder) / f"{NAME}.jpg"
        write_whole(portrait, to_jpeg(cut_out(CLIP)))
        recognizer.enroll(NAME, [portrait])
        stage = Camera("stage", lambda: Playback(endless(VideoFile(CLIP, "stage")), 30.0))
        session = WatchSession(recognizer, [Feed(stage)])
        with beside(recognizer, session, web) as server:
            say(f"Open {server.url} in a browser.")
            session.run()


def endless(video: VideoFile) -> Iterator[tuple[LazyPicture, float]]:
    """The pictures of a video, and then from its start again, at times in seconds that go on."""
    began = 0.0
    while True:
        length = 0.0
        for picture, t in video.pictures():
            yield picture, began + t
            length = t + 1 / (video.fps or 30.0)
        began += length


if __name__ == "__main__":
    typer.run(main)

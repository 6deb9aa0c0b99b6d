"""What is done when it is a camera's turn: its frame's step, its pauses, and a new beginning where something is odd."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack, closing

from db import DatabaseError
from models.errors import ModelError, PictureError
from stream.errors import StreamError
from stream.events.event import tell_of_camera
from stream.frame import Frame, View
from stream.pipeline.pipeline import Pipeline
from stream.pipeline.threads import WorkerThread
from stream.pipeline.workers import Look, ScanResult
from stream.scan import Scan
from stream.sources.cameras.camera import Camera, kind_of
from stream.sources.source import ended_after
from stream.watching.feed import Feed
from stream.watching.pipelines import Pipelines
from tracker import Track

log = logging.getLogger(__name__)

OURS = (DatabaseError, ModelError, StreamError)  # what concerns all cameras, and is told with its remedy


class Turn:
    """A camera, its pipeline, and its places at the workers that serve all; whatever happens concerns it alone."""

    def __init__(
        self,
        feed: Feed,
        pipelines: Pipelines,
        detector: WorkerThread[Scan, ScanResult],
        embedder: WorkerThread[Sequence[Track], Look],
    ) -> None:
        assert isinstance(feed.source, Camera)
        self.camera = feed.source
        self._feed = feed
        self._pipelines = pipelines
        self._detector = detector
        self._embedder = embedder
        self._restartable = ExitStack()
        with ExitStack() as stack:
            stack.enter_context(closing(feed.source))
            stack.enter_context(ended_after(feed.max_seconds, feed.source))
            stack.push(self._restartable)
            writer = pipelines.writer
            tell_of_camera(self.camera, lambda event: writer.note(event, None, pipelines.tell), writer.now)
            self._pipeline = self._begin()
            self._stack = stack.pop_all()  # what could not begin is let go of here

    def step(self, frame: Frame) -> View | None:
        """The frame's view; None beyond the camera's time, and where something odd happened."""
        if frame.t >= self._feed.max_seconds:
            return None
        try:
            return self._pipeline.step(frame)
        except PictureError as error:
            self.begin_anew(error)
        except OURS:
            raise
        except Exception as error:  # whatever it is, it is this camera's alone
            self.begin_anew(error)
        return None

    def pause(self, reason: str) -> None:
        """No pictures come for now."""
        self._pipeline.pause(reason)

    def begin_anew(self, error: Exception) -> None:
        """Forget all that was known of the camera's pictures, and connect to it again."""
        cause = f"Its picture could not be used ({kind_of(error)})."
        log.warning("%s: %s It begins anew.", self.camera.name, cause)
        log.debug("%s", self.camera.name, exc_info=error)
        self.follow(self._feed)
        self.camera.reconnect(cause)

    def follow(self, feed: Feed) -> None:
        """Watch the same camera in another way, and forget all that was known of its pictures."""
        self._feed = feed
        self._restartable.close()
        self._pipeline = self._begin()

    def close(self) -> None:
        """Whoever is there has left; let go of the camera."""
        self._stack.close()

    def _begin(self) -> Pipeline:
        detector = self._detector.for_camera()
        embedder = self._embedder.for_camera()
        self._restartable.callback(self._detector.forget, detector)
        self._restartable.callback(self._embedder.forget, embedder)
        return self._restartable.enter_context(self._pipelines.pipeline(self._feed, detector, embedder))

"""Cameras watched at the same time, which may come and go."""

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from dataclasses import replace
from queue import Empty, SimpleQueue

from stream.errors import StreamError
from stream.frame import Frame, View
from stream.pipeline.threads import WorkerThread
from stream.pipeline.zones import Area
from stream.priority import display_first
from stream.sightings.snapshots import Snapshots
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.multiplex import NewestFrames
from stream.sources.cameras.state import AWAY
from stream.watching.feed import Feed, name_taken, unknown_camera
from stream.watching.pipelines import Pipelines
from stream.watching.turn import Turn


class Live:
    """The views of cameras: one detector and one embedder, each in its thread, serve all.

    A camera in whose turn something odd happens begins anew, and the others go on.

    Args:
        feeds: the first cameras.
        endless: go on while there is no camera, or none any more: others may be added.

    Raises:
        StreamError: two have the same name.
    """

    def __init__(self, feeds: Iterable[Feed] = (), endless: bool = False) -> None:
        self._endless = endless
        self._feeds: dict[str, Feed] = {}
        self._naming = threading.Lock()
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()  # for the thread that iterates
        self._turns: dict[str, Turn] = {}
        self._areas: dict[str, Area] = {}
        self._frames = NewestFrames(ended=self._ended, endless=endless)
        for feed in feeds:
            self.add(feed)

    @property
    def feeds(self) -> list[Feed]:
        """What is watched now."""
        with self._naming:
            return list(self._feeds.values())

    def feed(self, name: str) -> Feed:
        """The feed of a camera.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        with self._naming:
            if name not in self._feeds:
                raise unknown_camera(name, self._feeds)
            return self._feeds[name]

    def add(self, feed: Feed) -> None:
        """Watch one more camera from now on; from any thread.

        Raises:
            StreamError: another has its name, or it is none that can be watched live.
        """
        if not isinstance(feed.source, Camera):
            raise StreamError(f"{feed.name} is a recording: play it as a camera with realtime.")
        if feed.snapshots is not None:
            Snapshots(feed.snapshots)  # a wrong folder is told to whoever gives it
        with self._naming:
            if feed.name in self._feeds:
                raise name_taken(feed.name)
            self._feeds[feed.name] = feed
        self._do(lambda: self._open(feed))

    def remove(self, name: str) -> None:
        """Watch a camera no more; from any thread.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        feed = self.feed(name)
        with self._naming:
            self._feeds.pop(name, None)
        self._do(lambda: self._close(feed))

    def set_area(self, name: str, area: Area) -> None:
        """Let faces count in another area of a camera's picture; whoever is there begins anew; from any thread.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        feed = replace(self.feed(name), area=area)
        with self._naming:
            if name in self._feeds:
                self._feeds[name] = feed
        self._do(lambda: self._follow(feed))

    def wake(self) -> None:
        """Let the iterating thread look around now; from any thread, a signal handler too."""
        self._frames.wake()

    def begin_anew(self, name: str, error: Exception) -> None:
        """Something odd happened with a camera's picture: nothing that is known of it holds; from any thread."""
        self._do(lambda: self._turns[name].begin_anew(error) if name in self._turns else None)

    def views(self, pipelines: Pipelines) -> Generator[View | None]:
        """The newest frame of each camera in its turn; None, ten times a second, while there is none.

        Raises:
            StreamError: no camera ever gave a picture.
            ModelError: a network failed.
            DatabaseError: the log cannot be written.
        """
        given = False
        with ExitStack() as stack:
            stack.enter_context(display_first())
            self._pipelines = pipelines
            self._detector = stack.enter_context(WorkerThread(pipelines.detector(self._areas), pipelines.helpers))
            self._embedder = stack.enter_context(WorkerThread(pipelines.embedder(), pipelines.helpers))
            stack.callback(self._close_all)
            self._do_jobs()
            for frame in self._frames:
                view = self._step(frame)
                given |= view is not None
                yield view
                self._do_jobs()
        if not given and not self._endless:
            raise StreamError(" ".join(feed.without_picture() for feed in self.feeds))

    def _step(self, frame: Frame | None) -> View | None:
        for name, turn in self._turns.items():
            if turn.camera.state in AWAY and (frame is None or frame.camera != name):
                turn.pause("The camera gave no picture any more.")
        turn_of_frame = None if frame is None else self._turns.get(frame.camera)
        return turn_of_frame.step(frame) if turn_of_frame is not None and frame is not None else None

    def _do(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        self._frames.wake()

    def _do_jobs(self) -> None:
        try:
            while True:
                self._jobs.get_nowait()()
        except Empty:
            return

    # What follows is done in the iterating thread

    def _open(self, feed: Feed) -> None:
        self._areas[feed.name] = feed.area
        turn = Turn(feed, self._pipelines, self._detector, self._embedder)
        self._turns[feed.name] = turn
        self._frames.add(turn.camera)

    def _follow(self, feed: Feed) -> None:
        if feed.name in self._turns:
            self._areas[feed.name] = feed.area
            self._turns[feed.name].follow(feed)

    def _close(self, feed: Feed) -> None:
        turn = self._turns.pop(feed.name, None)
        if turn is not None:
            self._frames.remove(turn.camera)
            turn.close()

    def _ended(self, camera: Camera) -> None:
        if camera.name in self._turns:
            self._turns[camera.name].pause("It has ended.")

    def _close_all(self) -> None:
        with ExitStack() as stack:  # one after the other, whatever one raises
            for turn in self._turns.values():
                stack.callback(turn.close)
        self._turns.clear()

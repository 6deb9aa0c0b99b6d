"""A watch that runs: started, looked at, changed and stopped from any thread."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import replace

from db import DatabaseError
from models.errors import ModelError
from stream.errors import StreamError
from stream.events.event import Event, Hearers, Tell
from stream.frame import View
from stream.monitoring.status import CameraStatus
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.service.watch.lookout import Lookout
from stream.service.watch.picture import Picture
from stream.settings.cameras import CameraSettings
from stream.sinks.sink import Enough, Following, Notes, Polled, Sink, hand, wants_picture
from stream.watching.feed import Feed, all_live
from stream.watching.live import Live
from stream.watching.recorded import recorded_views
from stream.watching.reporting import Reporting
from stream.watching.upkeep import Keep

log = logging.getLogger(__name__)


class WatchSession:
    """Watches cameras at the same time, or recordings one after the other, and shows what is seen.

    It runs in the thread that calls `run`, or, after `start`, in one of its own. All else may be called from any.

    Args:
        feeds: what is watched at first.
        reporting: what becomes of what is seen; by default it is stored, and nobody is told.
        endless: go on while there is no camera: others may be added.
        following: told of cameras that come and go, as sinks are that want to know of them.
        clock: seconds, never falling.

    Raises:
        StreamError: the feeds cannot be watched together.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        feeds: Sequence[Feed] = (),
        *,
        reporting: Reporting | None = None,
        endless: bool = False,
        following: Sequence[Following] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recognizer = recognizer
        self._recordings = [] if not feeds or all_live(feeds) else list(feeds)
        self._live = Live([] if self._recordings else feeds, endless)
        self._reporting = reporting or Reporting()
        self._clock = clock
        self._lookout = Lookout([feed.source for feed in feeds], clock)
        self._hearers = Hearers()
        self._following = list(following)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._problem: str | None = None

    # Running

    def run(self, sinks: Sequence[Sink | Notes] = ()) -> None:
        """Watch until the sources end, `stop` is called, or a sink has enough; every view goes to all sinks.

        Raises:
            StreamError: a sink cannot be written, or it ended before the first view; see also `Recognizer.watch_all`.
            ModelError, DatabaseError: see there.
        """
        self._following += [sink for sink in sinks if isinstance(sink, Following)]
        polled = [sink for sink in sinks if isinstance(sink, Polled)]
        given = False
        with suppress(Enough), ExitStack() as stack:
            for sink in sinks:
                stack.enter_context(sink)
            stack.callback(self._following.clear)  # before they end: whoever comes later is not told of
            for view in stack.enter_context(closing(self._views())):
                if self._stopping.is_set():
                    break
                if view is not None:
                    given = True
                    self._show(view, sinks)
                else:
                    for sink in polled:
                        sink.poll()
        if not given and not self._stopping.is_set():
            raise StreamError(
                "It was ended before any camera gave a picture: check that they are on, or wait for longer."
            )

    def start(self, sinks: Sequence[Sink | Notes] = ()) -> None:
        """Run in a thread of its own; what ends it is told by `problem`."""
        self._thread = threading.Thread(target=self._run, args=(sinks,), name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait for that where it runs in a thread of its own; from any thread, a signal handler too."""
        self._stopping.set()
        self._live.wake()
        self._lookout.end()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether it was started, and goes on in its thread."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def problem(self) -> str | None:
        """What ended it, in a sentence; None where nothing has gone wrong."""
        return self._problem

    @property
    def keep(self) -> Keep:
        """For how long things are kept; may be changed."""
        return self._reporting.keep

    @property
    def keeps_unknown(self) -> bool:
        """Whether strangers are kept whom one of its cameras, or recordings, shows."""
        return any(feed.keep_unknown for feed in self._feeds)

    # Its cameras

    def add(self, camera: CameraSettings) -> None:
        """Watch one more camera from now on, with its labelled video, where one of the sinks writes such.

        Raises:
            StreamError: it is no camera, recordings are watched, another has its name, or its video cannot be written.
        """
        if self._recordings:
            raise StreamError("Recordings are watched: cameras are watched in a session of their own.")
        feed = Feed.open(camera)
        self._live.add(feed)
        self._lookout.add(feed.source)
        try:
            for sink in self._following:
                sink.add_camera(feed.source, camera.out)
        except StreamError:
            self.remove(feed.name)
            raise

    def remove(self, name: str) -> None:
        """Watch a camera no more.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        self._live.remove(name)
        self._lookout.remove(name)
        for sink in self._following:
            sink.forget_camera(name)

    def area(self, name: str) -> Area:
        """Where in a camera's picture faces count. Raises UnknownCameraError: there is none of this name."""
        return self._live.feed(name).area

    def set_area(self, name: str, area: Area) -> None:
        """Let faces count in another area of a camera's picture; whoever is there begins anew.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        self._live.set_area(name, area)

    def cameras(self) -> list[CameraStatus]:
        """How each is."""
        return self._lookout.cameras()

    def newest(self, camera: str, after: int | None = None, timeout: float = 0.0) -> Picture | None:
        """The newest picture of a camera; None if there is none yet, or no other within the time.

        Args:
            after: the number of the picture that is known already.
            timeout: seconds to wait for another one.

        Raises:
            UnknownCameraError: there is no camera of this name.
        """
        return self._lookout.newest(camera, after, timeout)

    def hearing(self, tell: Tell) -> AbstractContextManager[None]:
        """Within it, somebody is told of every event, in whatever thread it happens; must not block, nor raise."""
        return self._hearers.hearing(tell)

    # Inside

    def _tell_all(self, event: Event) -> None:
        self._reporting.audience.tell(event)
        self._hearers.tell(event)

    def _run(self, sinks: Sequence[Sink | Notes]) -> None:
        try:
            self.run(sinks)
        except (DatabaseError, ModelError, StreamError) as error:
            self._problem = str(error)
        except Exception as error:
            self._problem = f"The watch ended by a mistake of the program ({error!r}): please report this as a bug."
            log.debug("The watch ended.", exc_info=True)
        if self._problem is not None:
            log.error("%s", self._problem)

    def _views(self) -> Generator[View | None]:
        audience = replace(self._reporting.audience, tell=self._tell_all)
        reporting = replace(self._reporting, audience=audience)
        with self._recognizer.watching(not self._recordings, reporting) as pipelines:
            if self._recordings:
                yield from recorded_views(pipelines, self._recordings)
            else:
                yield from self._live.views(pipelines)

    def _show(self, view: View, sinks: Sequence[Sink | Notes]) -> None:
        picture = Picture(view, self._clock(), self._blurs(view.frame.camera))
        self._lookout.note(picture)
        if not any(wants_picture(sink, view) for sink in sinks) or self._can_be_drawn(picture):
            for sink in sinks:
                hand(sink, view, lambda: picture.image)

    def _can_be_drawn(self, picture: Picture) -> bool:
        """Whether it can; where not, its camera begins anew, and the others go on."""
        try:
            return picture.image is not None
        except Exception as error:
            if self._recordings:
                raise
            self._live.begin_anew(picture.view.frame.camera, error)
            return False

    def _blurs(self, name: str) -> bool:
        """Whether strangers are unrecognizable before a camera; also before one that was removed a moment ago."""
        wishes = [feed.blur_unknown for feed in self._feeds if feed.name == name]
        return any(wishes) or not wishes

    @property
    def _feeds(self) -> Sequence[Feed]:
        """What is watched now."""
        return self._recordings or self._live.feeds

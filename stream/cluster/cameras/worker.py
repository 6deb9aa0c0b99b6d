"""The process that watches a few cameras on some machine of a cluster."""

import os
import platform
import threading
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from db import DatabaseError, Event
from models.analysis import Face
from models.errors import ModelError
from stream.cluster.cameras.shares import Share
from stream.cluster.cameras.status import WorkerStatus
from stream.cluster.on_ray import check_program
from stream.cluster.shards import near_of
from stream.errors import StreamError
from stream.service.watch.picture import Picture, Seen
from stream.service.watch.session import WatchSession
from stream.service.watch.watch import watch_of
from stream.sources.cameras.state import State
from stream.watching.feed import open_feeds

ABSENCE = 60.0  # seconds: a sighting goes on though its camera was with nobody while its machine was found to be dead
PAUSE = 5.0  # seconds from a problem to the next try
LATEST = 1000  # events that wait to be asked for


class CameraWorker:
    """Watches its share of the cameras from the moment at which it is made, in a thread of its own; any may ask it.

    A watch that ends by a problem begins anew, until the cameras themselves have ended. Ray makes it anew elsewhere
    when its machine dies; what it has seen is in the database by then, and whoever is still there goes on with the
    earlier sighting.

    Args:
        wanted: the program that it must be, see `stream.cluster.on_ray.program`.
        shards: the names of the gallery's, where it is not to be held here; see `stream.cluster.shards.begun`.
        node: Ray's number of the machine.

    Raises:
        StreamError: it is another version of the program.
    """

    def __init__(self, share: Share, wanted: str, shards: Sequence[str] = (), node: str | None = None) -> None:
        check_program(wanted)
        if share.folder.is_dir():
            os.chdir(share.folder)
        self._share = share
        self._shards = shards
        self._machine = f"{platform.node()} ({(node or ray_node())[:8]})"
        self._session: WatchSession | None = None
        self._shown: dict[str, Picture] = {}  # the picture of each camera that was told of last
        self._events: deque[Event] = deque(maxlen=LATEST)
        self._problem: str | None = None
        self._ending = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="cameras", daemon=True)
        self._thread.start()

    def status(self, hearing: bool = False) -> WorkerStatus:
        """How it is now.

        Args:
            hearing: whether somebody wants to hear of events.
        """
        cameras = () if self._session is None else tuple(self._session.cameras())
        events = [self._events.popleft() for _ in range(len(self._events))]
        return WorkerStatus(
            self._machine, datetime.now(UTC), cameras, self._problem, self._ended, tuple(events) if hearing else ()
        )

    def newest(self, camera: str, after: int | None, timeout: float) -> Seen | None:
        """Whom the newest picture of a camera shows; see `WatchSession.newest`."""
        picture = None if self._session is None else self._session.newest(camera, after, timeout)
        if picture is None:
            return None
        self._shown[camera] = picture
        return picture.seen

    def jpeg(self, camera: str, width: int | None) -> bytes:
        """The picture that `newest` told of last: drawn now, and not before."""
        return self._picture(camera).jpeg(width)

    def looks(self, camera: str, track: int) -> Sequence[Face]:
        """The good looks at a face of that picture. Raises PictureError where there are none."""
        return tuple(self._picture(camera).looks(track))

    def portrait(self, camera: str, track: int) -> bytes | None:
        """The best look at a face of it; see `Picture.portrait`."""
        return self._picture(camera).portrait(track)

    def end(self) -> None:
        """Let whoever is there have left, and write what is not written yet."""
        self._ending.set()
        if self._session is not None:
            self._session.stop()
        self._thread.join()

    def _picture(self, camera: str) -> Picture:
        if camera not in self._shown:  # this is another process than the one that told of it
            raise StreamError(f"There is no picture of {camera} yet: wait a moment.")
        return self._shown[camera]

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._watch()
            except (DatabaseError, ModelError, StreamError) as error:
                self._problem = str(error)
            except Exception as error:  # a mistake of ours must not end the cameras for ever
                self._problem = f"The watch ended by a mistake of the program ({error!r}): please report this as a bug."
            if self._has_ended():
                break
            self._ending.wait(PAUSE)
        self._ended = True

    def _watch(self) -> None:
        wished = self._share.wished
        with watch_of(wished, open_feeds(wished.camera), absence=ABSENCE, near=near_of(self._shards)) as watch:
            self._session = watch.session
            self._problem = None
            if not self._ending.is_set():
                with watch.session.hearing(self._events.append):
                    watch.session.run()

    def _has_ended(self) -> bool:
        cameras = [] if self._session is None else self._session.cameras()
        return bool(cameras) and all(camera.state is State.ENDED for camera in cameras)


def ray_node() -> str:
    """Ray's number of the machine on which this runs."""
    import ray

    return str(ray.get_runtime_context().get_node_id())

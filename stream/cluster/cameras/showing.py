"""Cameras that machines of a cluster watch, as pages show them: what nobody looks at is neither drawn nor sent."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from models.analysis import Face
from stream.cluster.cameras.on_ray import Cluster
from stream.errors import StreamError, UnknownCameraError
from stream.events.event import Tell
from stream.monitoring.status import CameraStatus
from stream.pipeline.zones import Area
from stream.service.watch.picture import Seen
from stream.settings.settings import Settings
from stream.watching.feed import unknown_camera
from stream.watching.upkeep import Keep


class ClusterShowing:
    """A watch by a cluster; see `stream.service.watch.showing.Showing`.

    Args:
        wished: its settings.
    """

    problem = None  # of a single camera it is told with that; what ends it all ends this program

    def __init__(self, cluster: Cluster, wished: Settings) -> None:
        self._cluster = cluster
        self._areas = {camera.called: camera.area for camera in wished.camera}
        self.keep = Keep(wished.keep_days, wished.keep_megabytes * 1e6)
        self.keeps_unknown = any(camera.keep_unknown for camera in wished.camera)

    def cameras(self) -> list[CameraStatus]:
        """How each is."""
        return [one.status for one in self._cluster.cameras()]

    def newest(self, camera: str, after: int | None = None, timeout: float = 0.0) -> "FarPicture | None":
        """The newest picture of a camera; None also where nobody answers: how the camera is tells why.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        try:
            seen = self._cluster.ask("newest", camera, after, timeout, wait=timeout)
        except UnknownCameraError:
            raise
        except StreamError:
            return None
        return None if seen is None else FarPicture(self._cluster, camera, seen)

    def hearing(self, tell: Tell) -> AbstractContextManager[None]:
        """Within it, somebody is told of every event."""
        return self._cluster.hearing(tell)

    def area(self, name: str) -> Area:
        """Where in a camera's picture faces count. Raises UnknownCameraError: there is none of this name."""
        if name not in self._areas:
            raise unknown_camera(name, self._areas)
        return self._areas[name]


class FarPicture:
    """A picture that is on another machine; see `stream.service.watch.showing.ShownPicture`.

    By the time at which it is asked for, a newer one may have been told of: then that one comes.
    """

    def __init__(self, cluster: Cluster, camera: str, seen: Seen) -> None:
        self.seen = seen
        self._cluster = cluster
        self._camera = camera

    @property
    def number(self) -> int:
        """As of `Seen`."""
        return self.seen.number

    def jpeg(self, width: int | None = None) -> bytes:
        """The labelled picture; a wider one is shrunk to so many pixels. Raises StreamError where nobody answers."""
        jpeg: bytes = self._cluster.ask("jpeg", self._camera, width)
        return jpeg

    def looks(self, track: int) -> Sequence[Face]:
        """The good looks at a face. Raises PictureError where there are none, StreamError where nobody answers."""
        looks: Sequence[Face] = self._cluster.ask("looks", self._camera, track)
        return looks

    def portrait(self, track: int) -> bytes | None:
        """The best look at a face as a JPEG; None where there is none. Raises StreamError where nobody answers."""
        portrait: bytes | None = self._cluster.ask("portrait", self._camera, track)
        return portrait

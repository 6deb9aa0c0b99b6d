"""What pages show of a watch, wherever its cameras are watched: in this process, or by the machines of a cluster."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from models.analysis import Face
from stream.events.event import Tell
from stream.monitoring.status import CameraStatus
from stream.pipeline.zones import Area
from stream.service.watch.picture import Seen
from stream.settings.cameras import CameraSettings
from stream.watching.upkeep import Keep


class ShownPicture(Protocol):
    """A picture of a camera; nothing is drawn, or sent, before somebody asks for it.

    Every method raises StreamError where whoever has the picture cannot be asked any more.
    """

    @property
    def number(self) -> int:
        """As of `Seen`."""

    @property
    def seen(self) -> Seen:
        """Whom it shows."""

    def jpeg(self, width: int | None = None) -> bytes:
        """The labelled picture; a wider one is shrunk to so many pixels."""

    def looks(self, track: int) -> Sequence[Face]:
        """The good looks at a face, the best first. Raises PictureError where there are none."""

    def portrait(self, track: int) -> bytes | None:
        """The best look at a face as a JPEG; None where there is none, or it may not be shown."""


class Showing(Protocol):
    """A watch as it is shown; any thread may ask. What it does is what `WatchSession` does."""

    @property
    def problem(self) -> str | None:
        """What ended it, in a sentence."""

    @property
    def keep(self) -> Keep:
        """For how long things are kept."""

    @property
    def keeps_unknown(self) -> bool:
        """Whether strangers are kept whom one of its cameras sees."""

    def cameras(self) -> list[CameraStatus]:
        """How each is."""

    def newest(self, camera: str, after: int | None = None, timeout: float = 0.0) -> ShownPicture | None:
        """The newest picture of a camera. Raises UnknownCameraError: there is none of this name."""

    def hearing(self, tell: Tell) -> AbstractContextManager[None]:
        """Within it, somebody is told of every event."""

    def area(self, name: str) -> Area:
        """Where in a camera's picture faces count. Raises UnknownCameraError: there is none of this name."""


@runtime_checkable
class Changing(Showing, Protocol):
    """A watch whose cameras can be changed while it runs."""

    def add(self, camera: CameraSettings) -> None:
        """Watch one more camera."""

    def remove(self, name: str) -> None:
        """Watch a camera no more."""

    def set_area(self, name: str, area: Area) -> None:
        """Let faces count in another area of a camera's picture."""

"""The cameras of a watch that runs: added, removed, and told where faces count; kept in its settings file."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.redaction import redacted
from models.images import to_jpeg
from models.runtime import shrunk
from stream.drawing.blur import blurred
from stream.errors import StreamError
from stream.monitoring.status import CameraStatus
from stream.pipeline.zones import Area
from stream.service.recognition import Recognition
from stream.service.setup.kept import SettingsFile
from stream.service.setup.source import camera_name, camera_source, first_picture
from stream.service.watch.showing import Changing, Showing
from stream.settings.cameras import CameraSettings
from stream.sources.address import default_name
from stream.watching.upkeep import Keep

SHOWN = 960  # pixels of a test picture's longer side


@dataclass(frozen=True, slots=True)
class Tried:
    """A camera that was tried.

    Attributes:
        source: its address, with the password that may be in it; never to be shown.
        certificate: as `open_source` takes it.
        name: what it would be called.
        jpeg: its picture; strangers are unrecognizable where they are to be.
        size: width and height in pixels, as the camera sends it.
    """

    source: str
    certificate: str | None
    name: str
    jpeg: bytes
    size: tuple[int, int]


class Cameras:
    """The cameras of a watch; any thread may ask.

    Args:
        session: the watch that runs, if one does.
        recognition: finds the faces of test pictures.
        kept: its settings file; without one cameras are shown, and nothing is changed.
    """

    def __init__(
        self, session: Callable[[], Showing | None], recognition: Recognition, kept: SettingsFile | None
    ) -> None:
        self._session = session
        self._recognition = recognition
        self._kept = kept
        self._changing = threading.Lock()

    @property
    def fixed(self) -> str | None:
        """Why nothing can be changed here, in a sentence; None where it can be."""
        session = self._session()
        if session is None:
            return (
                "No camera is watched here: start `doorman watch --config cameras.toml --web 8765`; with the line "
                "`camera = []` in that file it begins without any."
            )
        if not isinstance(session, Changing):
            return (
                "The machines of a cluster watch these cameras: change cameras, zones and the like in the settings, "
                "and start the watch again."
            )
        if self._kept is None:
            return (
                "This watch was started without a settings file of its cameras, in which changes would be kept: "
                "start it as `doorman watch --config cameras.toml --web 8765`."
            )
        return None

    def all(self) -> list[CameraStatus]:
        """How each is."""
        session = self._session()
        return session.cameras() if session else []

    def addresses(self) -> dict[str, str]:
        """Where the file's cameras are, fit to be shown, by their names; empty where the file is at fault."""
        try:
            return {name: _shown(one.source) for name, one in self._kept.cameras().items()} if self._kept else {}
        except StreamError:
            return {}

    @property
    def keeps_unknown(self) -> bool:
        """Whether strangers are kept whom one of the cameras sees; before there is any, whom the first one will see."""
        session = self._session()
        if session is None:
            return False
        if self._kept is None or session.cameras():
            return session.keeps_unknown
        try:
            return self._kept.read().keep_unknown
        except StreamError:  # nor can a camera be added
            return False

    def try_out(self, text: str, certificate: str | None = None) -> Tried:
        """A camera with its picture, before it is added.

        Raises:
            StreamError: it is none, or gives no picture.
        """
        source = camera_source(text)
        image = first_picture(source, certificate)
        height, width = image.shape[:2]
        return Tried(source, certificate, default_name(source), self._discreet(image), (width, height))

    def add(self, tried: Tried, name: str = "") -> CameraSettings:
        """Watch a camera from now on, also after the next start; returns all that is wished for it.

        Raises:
            StreamError: another has the name, or it cannot be kept.
        """
        name = camera_name(name or tried.name)
        with self._changing:
            session, kept = self._changeable()
            if name in {camera.name for camera in session.cameras()} or name in kept.cameras():
                raise StreamError(f"Another camera is called {name}: choose another name.")
            with kept.with_camera(tried.source, name, tried.certificate) as wished:
                session.add(wished)
        return wished

    def remove(self, name: str) -> None:
        """Watch a camera no more.

        Raises:
            UnknownCameraError: there is none of this name.
            StreamError: it cannot be kept.
        """
        with self._changing:
            session, kept = self._changeable()
            with kept.without_camera(name):
                session.remove(name)

    def area(self, name: str) -> Area:
        """Where in a camera's picture faces count, in parts of its width and height as soon as its size is known.

        Raises:
            UnknownCameraError: there is none of this name.
        """
        session = self._running()
        area = session.area(name)
        picture = session.newest(name)
        if picture is None:
            return area
        return area.in_parts(*picture.seen.size, picture.seen.stretch)

    def set_area(self, name: str, area: Area) -> None:
        """Let faces count in another area from now on; whoever is there is looked at anew.

        Raises:
            UnknownCameraError: there is none of this name.
            StreamError: it cannot be kept.
        """
        with self._changing:
            session, kept = self._changeable()
            with kept.with_area(name, area):
                session.set_area(name, area)

    @property
    def retention(self) -> Keep | None:
        """For how long things are kept; None where no watch runs, which would erase them."""
        session = self._session()
        return session.keep if session else None

    def set_retention(self, days: float, megabytes: float) -> None:
        """Keep sightings and strangers for so many days, snapshots, and strangers, up to this size each.

        Raises:
            StreamError: a number is none, or it cannot be kept.
        """
        with self._changing:
            session, kept = self._changeable()
            with kept.with_options(keep_days=days, keep_megabytes=megabytes):
                session.keep.days = days
                session.keep.max_bytes = megabytes * 1e6

    def _running(self) -> Showing:
        session = self._session()
        if session is None:
            raise StreamError(self.fixed or "")
        return session

    def _changeable(self) -> tuple[Changing, SettingsFile]:
        session = self._session()
        if self._kept is None or not isinstance(session, Changing):
            raise StreamError(self.fixed or "")
        return session, self._kept

    def _discreet(self, image: NDArray[np.uint8]) -> bytes:
        """A test picture as it may be shown: nobody in it has a name yet."""
        if self._kept is not None and self._kept.read().blur_unknown:
            faces = self._recognition.detect(image)
            image = blurred(image, np.array([face.box for face in faces], np.float32).reshape(-1, 4))
        return to_jpeg(shrunk(image, SHOWN), 80)


def _shown(source: str) -> str:
    return f"webcam {source}" if source.isdecimal() else redacted(source)

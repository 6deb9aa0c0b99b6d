"""The settings file of a watch, changed while that runs, so that it is the same after its next start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stream.errors import StreamError, UnknownCameraError
from stream.files import unwritable, write_whole
from stream.pipeline.zones import Area
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings

OWN = 0o600  # the file's mode: it may hold passwords


class SettingsFile:
    """A settings file.

    What is written is read again at once, as by the next start; where that, or what follows in the `with` block,
    fails, the file is as it was.

    Args:
        read: the settings as the next start would read them.
    """

    def __init__(self, path: Path, read: Callable[[], Settings]) -> None:
        self.path = path
        self.read = read

    def cameras(self) -> dict[str, CameraSettings]:
        """Its cameras, by their names, in its order. Raises StreamError where the file is at fault."""
        return {camera.called: camera for camera in self.read().camera}

    @contextmanager
    def with_camera(self, source: str, name: str, certificate: str | None = None) -> Iterator[CameraSettings]:
        """Let the file name one camera more; gives all that is wished for it.

        Raises:
            StreamError: the file cannot be read or written.
        """
        from stream.service.setup.document import with_camera  # tomlkit is of use to nobody else

        given = {"name": name, "source": source} | ({"certificate": certificate} if certificate else {})
        plain = {key: value.replace("$", "$$") for key, value in given.items()}  # whoever types it names no variable
        with self._changed(lambda text: with_camera(text, plain)):
            yield self.cameras()[name]

    @contextmanager
    def without_camera(self, name: str) -> Iterator[None]:
        """Let the file name a camera no more.

        Raises:
            UnknownCameraError: it names none of this name.
            StreamError: the file cannot be read or written.
        """
        from stream.service.setup.document import without_camera

        with self._changed(partial(without_camera, number=self._number(name))):
            yield

    @contextmanager
    def with_area(self, name: str, area: Area) -> Iterator[None]:
        """Let faces count in another area of a camera's picture.

        Raises:
            UnknownCameraError: the file names none of this name.
            StreamError: the file cannot be read or written.
        """
        from stream.service.setup.document import with_area

        with self._changed(partial(with_area, number=self._number(name), area=area)):
            self.read()
            yield

    @contextmanager
    def with_options(self, **options: float) -> Iterator[None]:
        """Let options have other values, for all cameras.

        Raises:
            StreamError: the file cannot be read or written, or a value is none.
        """
        from stream.service.setup.document import with_option

        def changed(text: str) -> str:
            for key, value in options.items():
                text = with_option(text, key, value)
            return text

        with self._changed(changed):
            self.read()
            yield

    def _number(self, name: str) -> int:
        known = list(self.cameras())
        if name not in known:
            raise UnknownCameraError(f"{self.path.name} names no camera {name}: it was started with another file.")
        return known.index(name)

    @contextmanager
    def _changed(self, change: Callable[[str], str]) -> Iterator[None]:
        place = self.path.resolve()  # a link stays one
        try:
            before = place.read_bytes()
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            text = change(before.decode("utf-8-sig"))
        except (ValueError, LookupError, TypeError) as error:  # tomlkit's among them
            raise StreamError(f"{self.path.name} cannot be changed here ({error}): change it by hand.") from error
        write_whole(place, text.encode(), OWN)
        try:
            yield
        except BaseException:
            write_whole(place, before, OWN)
            raise

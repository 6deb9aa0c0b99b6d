"""Pictures that people send: bounded before they are decoded, read in memory, never written under a name of theirs."""

import base64
import secrets
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from lzma import LZMAError
from typing import Generic, TypeVar
from zipfile import BadZipFile, ZipFile

import numpy as np
from flask import abort, request
from numpy.typing import NDArray
from werkzeug.datastructures import FileStorage

from models.files import is_litter
from models.images import Upload, opened, to_jpeg
from models.runtime import shrunk

MOST_BYTES = 64 * 2**20  # of one request
MOST_PIXELS = 50_000_000
MOST_PICTURES = 200  # of one request
SHOWN = 1280  # pixels of the long side of a picture in a page
FIELD = "image"
HELD_FOR = 600.0  # seconds
HELD = 64  # puts

ZIP = b"PK\x03\x04"  # how such a file begins
# What reading a ZIP file raises, by how it is damaged, locked or packed.
DAMAGED = (BadZipFile, EOFError, LZMAError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)

Image = NDArray[np.uint8]
Thing = TypeVar("Thing")


def uploads() -> list[Upload]:
    """The pictures in a form's field `image`, those in ZIP files among them; or the one that is the whole request.

    Raises:
        HTTPException: there is none, or too many.
    """
    if request.mimetype.startswith("image/"):
        found = [Upload("the picture", request.get_data())]
    else:
        found = [picture for file in request.files.getlist(FIELD) for picture in _pictures_of(file)]
    if not found:
        abort(400, f"No picture was sent: put it into the form's field “{FIELD}”.")
    if len(found) > MOST_PICTURES:
        abort(413, f"{len(found)} pictures are too many at once: send at most {MOST_PICTURES}.")
    for picture in found:
        _require_bearable(picture)
    return found


def _require_bearable(picture: Upload) -> None:
    """Its size stands in its head: looked at before anything is decoded."""
    try:
        with opened(picture) as head:
            width, height = head.size
    except Exception:  # whoever reads it says what is wrong
        return
    if width * height > MOST_PIXELS:
        abort(413, f"{picture} has {width}x{height} pixels: scale it down to 50 million at most.")


def _pictures_of(file: FileStorage) -> Iterator[Upload]:
    name = (file.filename or "the picture")[-80:]
    data = file.read()
    if not (data or file.filename):  # as browsers send a field in which nothing was chosen
        return
    if data.startswith(ZIP):
        yield from _packed(name, data)
    else:
        yield Upload(name, data)


def _packed(name: str, data: bytes) -> Iterator[Upload]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            entries = [one for one in files if not any(map(is_litter, one.filename.split("/")))]
            if len(entries) > MOST_PICTURES or sum(entry.file_size for entry in entries) > 4 * MOST_BYTES:
                abort(413, f"{name} holds too much: send at most {MOST_PICTURES} pictures at once.")
            for entry in entries:
                yield Upload(entry.filename[-80:], archive.read(entry))
    except DAMAGED:
        abort(400, f"{name} is no ZIP file that can be read: make it again, without a password.")


def data_uri(jpeg: bytes) -> str:
    """A JPEG for a page's `src`."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def picture_uri(image: Image, longest: int = SHOWN) -> str:
    """A picture for a page's `src`."""
    return data_uri(to_jpeg(shrunk(image, longest), quality=85))


class Held(Generic[Thing]):
    """What was just looked at, in memory for some minutes, such as a picture's faces: one may be enrolled after all.

    Args:
        clock: seconds, never falling.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._things: OrderedDict[str, tuple[float, Sequence[Thing]]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, things: Sequence[Thing]) -> str:
        """Hold things, such as a picture's faces; what they can be asked for by, which nobody guesses."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._forget_the_old()
            while len(self._things) >= HELD:
                self._things.popitem(last=False)
            self._things[key] = self._clock(), things
        return key

    def get(self, key: str) -> Sequence[Thing]:
        """The things; none if they were let go."""
        with self._lock:
            self._forget_the_old()
            return self._things[key][1] if key in self._things else []

    def _forget_the_old(self) -> None:
        old = [key for key, (put, _) in self._things.items() if self._clock() - put > HELD_FOR]
        for key in old:
            del self._things[key]

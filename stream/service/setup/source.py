"""Cameras that are named in a browser: by an address or a number, never by a path of this machine."""

from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.redaction import redacted
from stream.errors import SourceError
from stream.files import exists
from stream.sources.address import camera_url, is_url
from stream.sources.cameras.camera import kind_of
from stream.sources.source import connection

LONGEST = 2000  # characters of an address
LONGEST_NAME = 60  # characters of a camera's name


def camera_source(text: str) -> str:
    """The source that somebody names from afar: an rtsp(s):// or http(s):// address, or a webcam's number.

    Raises:
        SourceError: it is anything else, such as a file here.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 3 and not exists(Path(text)):
        return text
    if len(text) > LONGEST or not text.isprintable() or not is_url(text):
        raise SourceError(
            f"{redacted(text[:40])} is no camera: give an rtsp:// or http:// address, or a webcam's number, as 0."
        )
    camera_url(text)  # says what is wrong with it
    return text


def camera_name(text: str) -> str:
    """A camera's name as it is shown, and stands in addresses.

    Raises:
        SourceError: it cannot be one.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set("/\\"):
        raise SourceError(f"A camera's name has 1 to {LONGEST_NAME} letters, digits and spaces, and no slash.")
    return name


def first_picture(source: str, certificate: str | None = None) -> NDArray[np.uint8]:
    """A camera's first picture (H, W, 3).

    Args:
        source: as `camera_source` gives it.
        certificate: see `open_source`.

    Raises:
        SourceError: none comes.
    """
    connect = connection(source, certificate)
    if connect is None:  # a file of the webcam's number has come to be
        raise SourceError(f"{redacted(source)} is no camera: give an address.")
    try:
        with closing(connect()) as capture:
            picture = capture.read()
            image = None if picture is None else picture()
    except SourceError:
        raise
    except Exception as error:  # OpenCV's and FFmpeg's, whose words may hold the password
        cause = f"{redacted(source)} gives what cannot be used ({kind_of(error)})"
        raise SourceError(f"{cause}: try another address.") from error
    if image is None:
        raise SourceError(f"{redacted(source)} gives no picture: check that the camera is on.")
    return image

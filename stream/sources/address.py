"""What a source is, where it is and what it is called, as told by its text."""

import re
import socket
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit

from db.redaction import host, is_address, parts, redacted
from stream.errors import CameraError, SourceError
from stream.files import exists

LOOPBACK = "127.0.0.1"  # this machine, and nobody else
PORT = re.compile(r"[^:]*|.*:\d*|\[.*\]")  # what may stand behind a host is a number
PROTOCOLS = frozenset({"rtsp", "rtsps", "http", "https"})
LOOKED_UP_WITHIN = 5.0  # seconds for a host's name


def is_url(text: str) -> bool:
    """Whether this is the address of a network camera.

    Raises:
        SourceError: it has a scheme that no camera is read by.
    """
    scheme, separator, _ = text.partition("://")
    if separator and scheme.lower() not in PROTOCOLS:
        raise SourceError(f"Sources of the kind {scheme}:// are not read: give an rtsp:// or http:// address.")
    return bool(separator)


def camera_url(url: str) -> str:
    """The URL of a camera as FFmpeg reads it: its scheme in small letters, a password's / ? # written as %2F %3F %23.

    Raises:
        SourceError: there is no telling where the password ends and the host begins.
    """
    scheme, _, rest = url.partition("://")
    credentials, place, _ = parts(url)
    if not credentials and PORT.fullmatch(place) is None and "@" in rest:
        credentials, _, rest = rest.partition("@")
        if "@" in rest:
            raise SourceError(
                f"The host of {redacted(url)} cannot be told from its password: "
                "write / in a user name or password as %2F, ? as %3F, # as %23 and @ as %40."
            )
        rest = f"{re.sub('[/?#]', lambda sign: quote(sign[0], safe=''), credentials)}@{rest}"
    return f"{scheme.lower()}://{rest}"


def look_up_host(url: str, within: float = LOOKED_UP_WITHIN) -> None:
    """See that a camera's host has an address: FFmpeg waits for it without an end, and does not tell of its lack.

    Args:
        url: as `camera_url` gives it; where its host is in doubt, nothing is asked.
        within: seconds to wait for the name server.

    Raises:
        CameraError: it has none, or nobody tells.
    """
    name = urlsplit(url).hostname if host(url) else None
    if name is None:
        return
    failed: list[OSError | UnicodeError] = [TimeoutError("no answer in time")]

    def ask() -> None:
        try:
            socket.getaddrinfo(name, None)
            failed.clear()
        except (OSError, UnicodeError) as error:  # the latter where it can be nobody's name
            failed[:] = [error]

    asking = threading.Thread(target=ask, name="name server", daemon=True)  # it may hang for longer than we wait
    asking.start()
    asking.join(within)
    for error in failed:
        raise CameraError(f"{redacted(url)} cannot be reached, {_unknown(name, error)}")


def _unknown(name: str, error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError) or (isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN):
        return (
            f"since no name server tells where {name} is: check this machine's network, or write the camera's IP "
            "address instead."
        )
    return f"since no host is called {name}: check its spelling, or write the camera's IP address instead."


def split_name(text: str) -> tuple[str | None, str]:
    """`name=SOURCE` as a name and a source; a source alone, or a file that exists under the whole text, has no name."""
    named = re.match(r"([\w .-]+)=(.*)", text, re.DOTALL)
    if named is None or exists(Path(text)):
        return None, text
    return named[1], named[2]


def refuse_empty(source: str) -> None:
    """Raises SourceError where there is nothing, which would be the folder in which one is."""
    if not source:
        raise SourceError("A source is empty: check the variable that should hold it.")


def default_name(text: str) -> str:
    """The camera name of a source that was given none: a URL's host, `camera0`, a file's stem or a folder's name."""
    if is_url(text):
        return re.sub(r":\d*$", "", host(text) or "").strip("[]") or "camera"
    if text.isdecimal():
        return f"camera{int(text)}"
    path = Path(text)
    if not exists(path) and is_address(text):
        return "camera"
    return path.resolve().name if exists(path) and path.is_dir() else path.stem

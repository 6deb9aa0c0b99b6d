"""What a source is, where it is and what it is called, as told by its text."""

import re
from pathlib import Path
from urllib.parse import quote

from db.redaction import host, is_address, parts, redacted
from stream.errors import SourceError
from stream.files import exists

LOOPBACK = "127.0.0.1"  # this machine, and nobody else
PORT = re.compile(r"[^:]*|.*:\d*|\[.*\]")  # what may stand behind a host is a number
PROTOCOLS = frozenset({"rtsp", "rtsps", "http", "https"})


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


def split_name(text: str) -> tuple[str | None, str]:
    """`name=SOURCE` as a name and a source; a source alone, or a file that exists under the whole text, has no name."""
    named = re.match(r"([\w .-]+)=(.+)", text, re.DOTALL)
    if named is None or exists(Path(text)):
        return None, text
    return named[1], named[2]


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

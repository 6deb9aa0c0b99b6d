"""What a source is, where it is and what it is called, as told by its text."""

import re
from pathlib import Path

from stream.errors import SourceError
from stream.files import exists

LOOPBACK = "127.0.0.1"  # this machine, and nobody else
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


def host(url: str) -> str:
    """The host and port of a URL, and nothing else of it.

    Everything up to the last @ is taken for credentials: people write passwords with / and # into URLs as they are.
    """
    rest = url.partition("://")[2].rpartition("@")[2]
    return re.split(r"[/?#&=;]", rest, maxsplit=1)[0]


def redacted(url: str) -> str:
    """The URL fit to be shown: paths and queries are left out too, since cameras carry passwords and tokens in them."""
    return f"{url.partition('://')[0].lower()}://{host(url)}/…"


def split_name(text: str) -> tuple[str | None, str]:
    """`name=SOURCE` as a name and a source; a source alone, or a file that exists under the whole text, has no name."""
    named = re.match(r"([\w .-]+)=(.+)", text, re.DOTALL)
    if named is None or exists(Path(text)):
        return None, text
    return named[1], named[2]


def default_name(text: str) -> str:
    """The camera name of a source that was given none: a URL's host, `camera0`, a file's stem or a folder's name."""
    if is_url(text):
        return re.sub(r":\d+$", "", host(text)).strip("[]") or "camera"
    if text.isdecimal():
        return f"camera{int(text)}"
    path = Path(text)
    return path.resolve().name if exists(path) and path.is_dir() else path.stem

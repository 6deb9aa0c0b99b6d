"""Files beside a stream: whole or not there, never in the place of what is read, and no two of one name."""

import errno
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO

from models.files import anew, part_of, whole
from stream.errors import StreamError

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; False also for what can be none, such as too long a name."""
    try:
        return path.exists()
    except OSError:
        return False


def spare(source: Path, *outputs: Path | None) -> None:
    """Raises StreamError if one of the outputs would be written over what is read."""
    for output in filter(None, outputs):
        with suppress(OSError):  # what is not there is not the same
            if source.samefile(output):
                raise StreamError(f"{output} is read, and would be written over: choose another name.")


def apart(*outputs: Path | None) -> None:
    """Raises StreamError if two of the outputs are one file; `-`, which prints, may be given twice."""
    places = Counter(output.resolve() for output in outputs if output is not None and str(output) != "-")
    for place, times in places.items():
        if times > 1:
            raise StreamError(f"{place} is to hold two things: give each a file of its own.")


def names_of(pictures: Iterable[Path]) -> dict[Path, str]:
    """For each picture a name of its own for what is made of it: where it lies below the folder that holds them all.

    Of `x/a/1.jpg`, `x/b/1.jpg` and `x/b/1.png` these are "a/1", "b/1.jpg" and "b/1.png".
    """
    whole = {path: path.parent.resolve() / path.name for path in pictures}
    common = os.path.commonpath([path.parent for path in whole.values()])
    stems = Counter(file.with_suffix("") for file in whole.values())
    short = {path: file.with_suffix("") if stems[file.with_suffix("")] == 1 else file for path, file in whole.items()}
    return {path: str(file.relative_to(common)) for path, file in short.items()}


def beside(path: Path) -> Path:
    """Where `path` is written until it is whole; the folder is made if there is none.

    A link, a pipe or a device is written itself: no file must take its place.

    Raises:
        StreamError: nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return path if _stays(path) else part_of(path)
    except OSError as error:
        raise unwritable(path, error) from error


def begin(path: Path) -> IO[bytes]:
    """The place `beside` a file, opened, unbuffered, and made anew: no link that lies there in wait is followed.

    Nobody else can begin the same file until it is closed, or the process ends, however it does.

    Raises:
        StreamError: nothing can be written there, or the file is being written already.
    """
    part = beside(path)
    try:
        if part == path:
            return part.open("wb", buffering=0)
        if part.exists() and not _stays(part):
            with suppress(PermissionError), part.open("rb+") as before:  # what another user has left makes way
                _claim(before)
        file = anew(part).open("wb", buffering=0)
        _claim(file)
    except BlockingIOError as error:
        raise StreamError(
            f"{path} is being written already: give each watch, and each camera, a file of its own."
        ) from error
    except OSError as error:
        raise unwritable(path, error) from error
    return file


def _claim(file: IO[bytes]) -> None:
    """Let nobody else claim an open file until it is closed. Raises BlockingIOError: somebody has.

    It has to be the opening through which the file is written: on a Windows share no other can write what is locked.
    """
    if sys.platform == "win32":  # there, what is open cannot be removed, and so not begun anew
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:  # some network drives know no locks
        log.debug("Nobody is kept from writing %s, too: %s", file.name, error)


def rotate(path: Path, kept: int) -> None:
    """Make room in a file's place: NAME.EXT becomes NAME.1.EXT, what was that NAME.2.EXT, and so on.

    Args:
        kept: how many there are then, at most; older ones are lost.

    Raises:
        StreamError: they cannot be renamed.
    """
    places = [path, *(path.with_stem(f"{path.stem}.{age}") for age in range(1, kept + 1))]
    try:
        for younger, older in reversed(list(pairwise(places))):
            if younger.exists():
                younger.replace(older)
    except OSError as error:
        raise unwritable(path, error) from error


def discard(part: Path) -> None:
    """Remove what did not become whole."""
    with suppress(OSError):  # it may never have come to be
        if not _stays(part):
            part.unlink()


def _stays(path: Path) -> bool:
    """Whether it is something in whose place no file must come."""
    return path.is_symlink() or (path.exists() and not path.is_file())


def unwritable(path: Path | str, error: Exception) -> StreamError:
    """The error to raise when a file cannot be written; `error` says why (an OSError or one of FFmpeg's)."""
    cause = getattr(error, "strerror", None) or error
    remedy = "make room there or choose another place"
    if isinstance(error, BrokenPipeError):
        remedy = "see why nobody reads it any more"
    return StreamError(f"{path} cannot be written ({cause}): {remedy}.")


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file at once; `mode` says who may read it. Raises StreamError, and leaves nothing, if that fails."""
    place = beside(path)
    try:
        if place == path:
            path.write_bytes(data)
        else:
            with whole(path, mode) as part:
                part.write_bytes(data)
    except OSError as error:
        raise unwritable(path, error) from error

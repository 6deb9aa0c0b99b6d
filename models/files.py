"""Files: whole or not there, and those of a folder as people mean them, in the order of their numbers."""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

PRIVATE = 0o600  # for its keeper alone
# What systems and servers put beside people's files: thumbnails, waste, and the halves of files that macOS keeps apart.
LITTER = frozenset({"__MACOSX", "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN", "lost+found"})


@contextmanager
def whole(path: Path, mode: int = 0o666) -> Iterator[Path]:
    """Where to write a file: a new and empty one beside it, which takes its place in the end.

    After an error nothing is left of it, and what was at `path` before stays.

    Args:
        mode: who may read and write it.

    Raises:
        OSError: it cannot be made, or not take the place.
    """
    part = anew(part_of(path), mode)
    try:
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def anew(path: Path, mode: int = 0o666) -> Path:
    """The same path, where there is an empty file now: never what lay there, nor what a link there leads to.

    Raises:
        OSError: no file can be made there.
    """
    path.unlink(missing_ok=True)
    path.touch(mode, exist_ok=False)
    return path


def part_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(path.name + ".part")


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name was not put there by people: it is hidden, or one that systems make."""
    return name.startswith(".") or name in LITTER


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Paths by name, numbers by their value: IMG_2 before IMG_10."""
    from natsort import natsorted, ns  # takes a while to load, and most commands need no folder

    return natsorted(paths, alg=ns.PATH)


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and of all folders in it, in order, without litter.

    Links to other folders are not followed, since they may lead back. A folder that cannot be read is passed over, and
    told of in the log.
    """
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_tell_of_unreadable):
        folders[:] = [name for name in folders if not is_litter(name)]
        found += [Path(place, name) for name in files if not is_litter(name)]
    return in_order(found)


def _tell_of_unreadable(error: OSError) -> None:
    log.warning("The folder %s is passed over (%s): allow it to be read.", error.filename, error.strerror)


def groups_in(folder: Path) -> dict[Path, list[str]]:
    """The folders of a folder that hold several folders and nothing else, each with the names of those in it."""
    found = {}
    for entry in _entries_of(folder):
        inside = _entries_of(entry)
        if len(inside) > 1 and all(path.is_dir() for path in inside):
            found[entry] = [path.name for path in inside]
    return found


def _entries_of(folder: Path) -> list[Path]:
    """What is in a folder, in order, without litter; nothing where it is none, or cannot be read."""
    with suppress(OSError):
        return [path for path in in_order(folder.iterdir()) if not is_litter(path.name)]
    return []

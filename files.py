"""Files that are whole or not there: what every part of the program that writes one stands on."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600  # for its keeper alone


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

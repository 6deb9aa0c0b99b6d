"""Files that are written beside their place."""

from pathlib import Path

PRIVATE = 0o600  # for its keeper alone


def anew(path: Path, mode: int = 0o666) -> Path:
    """The same path, where there is an empty file now: never what lay there, nor what a link there leads to.

    Raises:
        OSError: no file can be made there.
    """
    path.unlink(missing_ok=True)
    path.touch(mode, exist_ok=False)
    return path

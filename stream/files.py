"""Files that are whole or not there: written beside their place, then renamed."""

from pathlib import Path

from stream.errors import StreamError


def beside(path: Path) -> Path:
    """Where `path` is written until it is whole; the folder is made if there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path.with_name(path.name + ".part")


def unwritable(path: Path | str, error: Exception) -> StreamError:
    """The error to raise when a file cannot be written; `error` says why (an OSError or one of FFmpeg's)."""
    cause = getattr(error, "strerror", None) or error
    return StreamError(f"{path} cannot be written ({cause}): make room there or choose another place.")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file at once. Raises StreamError, and leaves nothing, if that fails."""
    part = beside(path)
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise unwritable(path, error) from error

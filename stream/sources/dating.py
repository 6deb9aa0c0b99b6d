"""When a recording was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stream.errors import SourceError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before digital cameras: a clock that was never set
CREATED = "creation_time"  # as FFmpeg calls it, in whatever container


@dataclass(frozen=True, slots=True)
class Dating:
    """When the first picture was taken.

    Attributes:
        told_by: by what it is known, to be said after "by".
    """

    began: datetime
    told_by: str


def told_by_container(metadata: Mapping[str, str], seconds: float, now: datetime) -> Dating | None:
    """When a video of so many seconds began, by what its container says; None where it says nothing to be believed.

    Args:
        now: with its zone.
    """
    try:
        created = datetime.fromisoformat(metadata[CREATED])
    except (KeyError, ValueError):
        return None
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    if not EARLIEST <= created <= now:
        return None
    return Dating(_ended_by(now, created, seconds), "the creation time in the file")


def told_by_file(path: Path, seconds: float, now: datetime) -> Dating:
    """When a recording began that was written until the file was last changed."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC) - timedelta(seconds=seconds)
    return Dating(_ended_by(now, changed, seconds), "the time of the file, less its length")


def told_by_user(name: str, started: datetime, seconds: float, now: datetime) -> Dating:
    """As the user says.

    Raises:
        SourceError: the recording would end in the future.
    """
    if started + timedelta(seconds=seconds) > now:
        raise SourceError(f"{name} would end in the future: give --started as the moment at which it began.")
    return Dating(started, "--started")


def _ended_by(now: datetime, began: datetime, seconds: float) -> datetime:
    """Nothing has happened in the future, whatever clocks say."""
    return min(began, now - timedelta(seconds=seconds))

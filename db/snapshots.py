"""Snapshot files: the pictures that sightings refer to by path."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.tables import SightingRow


def erase_snapshots(session: Session, sightings: Iterable[SightingRow]) -> int:
    """Delete the files of sightings, and every sighting's reference to them; returns how many files there were.

    The files go before the transaction is kept: after an interruption a sighting may miss its picture, but no picture
    is left that nothing refers to. Raises DatabaseError when a file cannot be deleted.
    """
    count = 0
    for path in {sighting.snapshot for sighting in sightings if sighting.snapshot}:
        count += delete(path)
        session.execute(update(SightingRow).where(SightingRow.snapshot == path).values(snapshot=None))
    return count


def delete(path: str) -> bool:
    """Delete a snapshot file; False when it was gone already."""
    try:
        Path(path).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DatabaseError(
            f"The snapshot {path} cannot be deleted ({error.strerror}): delete it yourself, then try again."
        ) from error
    return True

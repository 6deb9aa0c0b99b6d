"""Snapshot files: the pictures that sightings refer to by path."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.names import unescaped
from db.records import NewSnapshot
from db.schema.portions import portions
from db.schema.tables import SightingRow
from db.transactions import Transactions
from models.files import PRIVATE, part_of, whole

LATEST = 1000  # pictures that are looked for at a start


def erase_snapshots(session: Session, paths: Iterable[str | None]) -> int:
    """Delete files, and every sighting's reference to them; returns how many there were.

    The files go before the transaction is kept: after an interruption a sighting may miss its picture, but there is
    no picture left that nothing refers to.

    Raises:
        DatabaseError: a file cannot be deleted.
    """
    known = [path for path in set(paths) if path is not None]
    count = sum(_delete(file_of(path)) for path in known)
    for some in portions(known):
        session.execute(update(SightingRow).where(SightingRow.snapshot.in_(some)).values(snapshot=None))
    return count


def write_snapshot(session: Session, sighting: int, snapshot: NewSnapshot) -> None:
    """Write a picture, if its sighting still refers to it.

    The sighting has its path before there is the file, and the file comes within a transaction that others who erase
    wait for: so no interruption leaves a picture that nothing refers to.
    """
    if session.scalar(select(SightingRow.snapshot).where(SightingRow.id == sighting)) == snapshot.path:
        write_picture(snapshot)


def write_picture(snapshot: NewSnapshot) -> None:
    """Write a picture for its keeper alone, whole or not at all; its folder is made if there is none.

    Raises:
        DatabaseError: it cannot be written.
    """
    path = file_of(snapshot.path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole(path, PRIVATE) as part:
            part.write_bytes(snapshot.data)
    except OSError as error:
        raise DatabaseError(
            f"The snapshot {path} cannot be written ({error.strerror}): make room there, or choose another folder with "
            "--snapshots."
        ) from error


def referred_to(session: Session, pictures: Iterable[NewSnapshot]) -> list[tuple[int, NewSnapshot]]:
    """Those pictures that sightings refer to, with the sightings' ids."""
    found = ((session.scalar(select(SightingRow.id).where(SightingRow.snapshot == one.path)), one) for one in pictures)
    return [(sighting, one) for sighting, one in found if sighting is not None]


def forget_missing(database: Transactions) -> None:
    """Let no sighting refer to a picture that is not there, nor half of one lie there: a run may have been killed.

    Looks at those that were seen last. Where several pictures of a folder are missed, and none is there, the folder
    may be on a disk that is away, and all stays.
    """
    query = select(SightingRow.snapshot).where(SightingRow.snapshot.is_not(None))
    folders = defaultdict[Path, list[str]](list)
    with database.reading() as session:
        for path in filter(None, session.scalars(query.order_by(SightingRow.last_seen.desc()).limit(LATEST))):
            folders[file_of(path).parent].append(path)
    missing = list[str]()
    for paths in folders.values():
        gone = [path for path in paths if not file_of(path).exists()]
        if len(gone) < len(paths) or len(gone) == 1:
            missing += gone
    if missing:
        with database.writing() as session:
            erase_snapshots(session, missing)


def file_of(snapshot: str) -> Path:
    """The file that a sighting refers to."""
    return Path(unescaped(snapshot))


def _delete(path: Path) -> bool:
    """Whether there was such a file; what an interruption has left of it goes, too."""
    try:
        part_of(path).unlink(missing_ok=True)
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DatabaseError(
            f"The snapshot {path} cannot be deleted ({error.strerror}): delete it yourself, then try again."
        ) from error
    return True

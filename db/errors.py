"""What can go wrong with the database, each told in one sentence with its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError


class DatabaseError(Exception):
    """The database cannot do what was asked; the message says why and what to do."""


class DatabaseLockedError(DatabaseError):
    """Another program kept the database locked for longer than the timeout; trying again may help."""


class UnknownPersonError(DatabaseError):
    """Nobody in the gallery has this name."""


# The beginning of SQLite's result code -> the rest of the sentence that begins with the database's place.
EXPLANATIONS = {
    "SQLITE_BUSY": "is locked by another program: wait until that has finished or close it, then try again",
    "SQLITE_LOCKED": "is locked by another program: wait until that has finished or close it, then try again",
    "SQLITE_READONLY": "is read-only: allow writing to the file and its folder, or choose another file with --db",
    "SQLITE_PERM": "is read-only: allow writing to the file and its folder, or choose another file with --db",
    "SQLITE_CANTOPEN": "cannot be opened: check that it is a file in a folder you may write to, or choose another "
    "file with --db",
    "SQLITE_NOTADB": "is not a database: move that file away or choose another file with --db",
    "SQLITE_CORRUPT": "is damaged: restore a backup, or rescue what is left with `sqlite3 FILE .recover`",
    "SQLITE_FULL": "cannot grow because the disk is full: free some space, for example with `doorman prune`",
    "SQLITE_IOERR": "cannot be read or written: check the disk it is on",
}


def explain(error: SQLAlchemyError, place: str) -> DatabaseError:
    """Turn a driver's error into one sentence about the database at `place`."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", "")
    for prefix, explanation in EXPLANATIONS.items():
        if code.startswith(prefix):
            kind = DatabaseLockedError if prefix in ("SQLITE_BUSY", "SQLITE_LOCKED") else DatabaseError
            return kind(f"The database {place} {explanation}.")
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    return DatabaseError(f"The database {place} refused ({said}): check that it is reachable and given correctly.")


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Raise whatever SQLAlchemy raises inside as a `DatabaseError` about `place`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(error, place) from error

"""What can go wrong with the database, each told in one sentence with its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SqliteError

from sqlalchemy.exc import NoResultFound, OperationalError, SQLAlchemyError


class DatabaseError(Exception):
    """The database cannot do what was asked; the message says why and what to do."""


class DatabaseLockedError(DatabaseError):
    """Another program kept the database locked for longer than the timeout; trying again may help."""


class DatabaseAwayError(DatabaseError):
    """The database's server cannot be reached, or has just ended the connection; trying again may help."""


class DatabaseFullError(DatabaseError):
    """There is no room for more where the database is; once there is, trying again helps."""


class DatabaseDamagedError(DatabaseError):
    """Something in the database cannot be read, or is missing."""


class NotThereError(DatabaseError):
    """What was asked for is not in the database, or not any more."""


class UnknownPersonError(NotThereError):
    """Nobody in the gallery has this name."""


TEMPORARY = (DatabaseLockedError, DatabaseAwayError, DatabaseFullError)

ELSEWHERE = ", or choose another file with --db"
FULL = "cannot grow because the disk is full: free some space there; then `doorman prune` makes room in the database"

# The beginning of SQLite's result code -> the rest of the sentence that begins with the database's place.
EXPLANATIONS = {
    "SQLITE_BUSY": "is locked by another program: wait until that has finished or close it, then try again",
    "SQLITE_LOCKED": "is locked by another program: wait until that has finished or close it, then try again",
    "SQLITE_READONLY": "is read-only: allow writing to the file and its folder{elsewhere}",
    "SQLITE_PERM": "is read-only: allow writing to the file and its folder{elsewhere}",
    "SQLITE_CANTOPEN": "cannot be opened: check that it is a file in a folder you may write to{elsewhere}",
    "SQLITE_NOTADB": "is not a database: move that file away{elsewhere}",
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR_SHMSIZE": FULL,  # already the index beside it has no room
    "SQLITE_IOERR": "cannot be read or written: check the disk it is on",
}
# PostgreSQL's error codes -> SQLite's of the same meaning.
STATES = {
    "55P03": "SQLITE_BUSY",  # it took too long to get a lock
    "40P01": "SQLITE_BUSY",  # a deadlock
    "40001": "SQLITE_BUSY",  # somebody else has changed what was read
    "25006": "SQLITE_READONLY",
    "42501": "SQLITE_PERM",
    "53100": "SQLITE_FULL",
}
KINDS = {
    "SQLITE_BUSY": DatabaseLockedError,
    "SQLITE_LOCKED": DatabaseLockedError,
    "SQLITE_FULL": DatabaseFullError,
    "SQLITE_IOERR_SHMSIZE": DatabaseFullError,
}
AWAY = ("08", "57P")  # connection exceptions, and a server that goes down or comes up
DAMAGE = ("SQLITE_CORRUPT", "SQLITE_ERROR")  # the latter: a table or column that a statement of ours names is missing


def explain(error: Exception, place: str, elsewhere: str = ELSEWHERE) -> DatabaseError:
    """Turn a driver's error into one sentence about the database at `place`."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", "") or ""  # PostgreSQL's
    is_silent = not state and not isinstance(cause, SqliteError)  # no server answers
    if state.startswith(AWAY) or (is_silent and isinstance(error, OperationalError)):
        return DatabaseAwayError(
            f"The database {place} cannot be reached ({first_line(cause)}): check that its server runs and lets you in."
        )
    code = str(STATES.get(state) or getattr(cause, "sqlite_errorname", ""))
    for prefix, explanation in EXPLANATIONS.items():
        if code.startswith(prefix):
            return KINDS.get(prefix, DatabaseError)(f"The database {place} {explanation.format(elsewhere=elsewhere)}.")
    said = first_line(cause)
    if code.startswith(DAMAGE) or "decode to UTF-8" in said:
        return damaged(place, said)
    return DatabaseError(f"The database {place} refused ({said}): check that it is reachable and given correctly.")


def damaged(place: str, cause: str) -> DatabaseDamagedError:
    """The error for a database at `place` in which something is not as this program has written it."""
    return DatabaseDamagedError(
        f"The database {place} is damaged ({cause}): restore a backup, rescue what is left with "
        "`sqlite3 FILE .recover`, or move it away to begin anew."
    )


def first_line(error: BaseException) -> str:
    """What an error says, as far as it fits into a sentence."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


@contextmanager
def explained(place: str, elsewhere: str = ELSEWHERE) -> Iterator[None]:
    """Raise what SQLAlchemy and SQLite raise inside, and what stored values cannot be read by, as a `DatabaseError`.

    Args:
        place: how messages call the database.
        elsewhere: the end of a remedy, for those who may choose where it is.
    """
    try:
        yield
    except OverflowError as error:  # of SQLite's, before it looks
        raise NotThereError("There is nothing with so large a number: check it.") from error
    except (NoResultFound, ValueError, KeyError, TypeError) as error:
        raise damaged(place, f"{type(error).__name__}: {first_line(error)}") from error
    except (SQLAlchemyError, SqliteError) as error:
        raise explain(error, place, elsewhere) from error

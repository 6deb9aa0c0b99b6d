"""Copies of an SQLite file: consistent while others write, for their keeper alone, and whole or not there."""

import glob
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from db.errors import DatabaseError, DatabaseFullError, explained
from models.files import PRIVATE, whole


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, with what is still in its log.

    Raises:
        DatabaseError: it cannot be read, or the copy not be written.
    """
    try:
        with (
            whole(target, PRIVATE) as part,
            explained(str(source)),
            closing(open_to_read(source)) as old,
            closing(sqlite3.connect(part)) as new,
        ):
            new.execute("PRAGMA journal_mode = MEMORY")  # nothing lies beside a copy that breaks off
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # one file, not three
    except (OSError, DatabaseError) as error:
        is_full = isinstance(error, DatabaseFullError)  # the copy's disk: the source is only read
        cause = "the disk is full" if is_full else getattr(error, "strerror", None) or error
        raise DatabaseError(
            f"The database {source} cannot be copied to {target} ({cause}): make room there, or choose another place."
        ) from error


def open_to_read(file: Path) -> sqlite3.Connection:
    """A connection that changes nothing, also where neither the file nor its folder may be written to.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    uri = file.absolute().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema")
    except sqlite3.OperationalError as error:
        connection.close()
        log = file.with_name(file.name + "-wal")
        if not error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")) or _is_filled(log):
            raise
        # Readers share a small file beside it. Where there is none and none can be made, nobody writes either.
        return sqlite3.connect(f"{uri}?immutable=1", uri=True, check_same_thread=False)
    return connection


def _is_filled(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def before(file: Path, version: str) -> Path:
    """Where a database is kept as it was in an earlier version of the schema."""
    return file.with_name(f"{file.name}.{version}.bak")


def forget(file: Path, older_than: datetime | None = None) -> list[Path]:
    """Delete the copies that migrations have kept, or the older ones of them; returns those that cannot be deleted."""
    kept = []
    for path in file.parent.glob(f"{glob.escape(file.name)}.[0-9][0-9][0-9][0-9].bak"):
        try:
            if older_than is None or path.stat().st_mtime < older_than.timestamp():
                path.unlink()
        except FileNotFoundError:
            pass  # another process was faster
        except OSError:
            kept.append(path)
    return kept

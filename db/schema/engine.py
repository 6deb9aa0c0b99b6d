"""Where the database is, and how SQLite is set up for several threads and processes."""

import re
import time
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from db.errors import ELSEWHERE, DatabaseError, explained, first_line
from db.redaction import is_address, redacted

PLACE = "SQLite file or database URL; by default the user's own."
"""What `database_url` takes, as command lines tell it."""
WRITERS = 0x646F6F726D616E  # PostgreSQL's lock that everybody takes who writes: "doorman" in ASCII


def default_url() -> str:
    """The SQLite file in the user's data folder."""
    return database_url(user_data_path("doorman", appauthor=False) / "doorman.db").render_as_string()


def database_url(place: str | Path) -> URL:
    """A URL from what a user gives: a URL, or the path of an SQLite file.

    Raises:
        DatabaseError: it looks like a URL and is none, or there is no telling where its password ends.
    """
    text = re.sub("^postgres://", "postgresql://", str(place))  # libpq takes both
    if "://" not in text and (not is_address(text) or Path(text).exists()):
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # the latter: of a port
        raise DatabaseError(
            f"{redacted(text)} is no database URL: write it like sqlite:///people.db, "
            "or postgresql://user:password@host:5432/people with a number as the port."
        ) from error
    if not is_sqlite(url) and "@" in f"{url.host}{url.database}":  # what stands there would be told, in the error
        raise DatabaseError(
            f"The host of {redacted(text)} cannot be told from its password: "
            "write @ in a user name or password as %40, / as %2F, ? as %3F and # as %23."
        )
    return url


def place_of(url: URL) -> str:
    """How messages call the database: an SQLite file's path, or a URL fit to be shown."""
    return url.database or "in memory" if is_sqlite(url) else redacted(url.render_as_string())


def address_of(url: URL) -> str:
    """Where a database is, whoever asks."""
    return url.set(drivername=url.get_backend_name())._replace(username=None, password=None).render_as_string()


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path | None:
    """The file of a database that is one."""
    name = url.database if is_sqlite(url) else None
    return Path(name) if name and name != ":memory:" and not name.startswith("file:") else None


def for_reading(engine: Engine) -> Engine:
    """The same connections, whose transactions see the database as it is at one moment."""
    is_postgresql = engine.dialect.name == "postgresql"
    return engine.execution_options(isolation_level="REPEATABLE READ") if is_postgresql else engine


def create(url: URL, timeout: float, elsewhere: str = ELSEWHERE) -> Engine:
    """An engine for a URL; makes the folder of an SQLite file.

    Args:
        timeout: seconds to wait while another program writes.
        elsewhere: as of `explained`.

    Raises:
        DatabaseError: there is no driver for the URL, it cannot be used, or the folder cannot be made.
    """
    try:
        return create_sqlite(url, timeout) if is_sqlite(url) else create_server(url, timeout)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        is_psycopg = getattr(error, "name", None) == "psycopg"
        remedy = "pip install -e '.[postgresql]'" if is_psycopg else "install the driver for this URL"
        raise DatabaseError(f"{place_of(url)} cannot be used ({error}): {remedy}.") from error
    except (ArgumentError, ValueError, TypeError) as error:
        raise DatabaseError(
            f"The database URL {redacted(url.render_as_string())} cannot be used ({redacted(first_line(error))}): "
            "correct it; an SQLite file's has no host, like sqlite:///people.db."
        ) from error
    except OSError as error:
        raise DatabaseError(
            f"The folder of the database {place_of(url)} cannot be made ({error.strerror}): "
            f"make it yourself, so that you may write to it{elsewhere}."
        ) from error


def create_sqlite(url: URL, timeout: float) -> Engine:
    """For a file, with its folders, or a database in memory; locks are waited for up to `timeout` seconds."""
    in_memory = url.database in (None, "", ":memory:")
    if url.database and not in_memory and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(Path(url.database))
    # A database in memory lives in its one connection, which the threads take in turns.
    limits: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if in_memory else {}
    engine = create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False}, **limits)

    @event.listens_for(engine, "connect")
    def configure(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # so that `begin` below decides how transactions begin
        connection.execute(f"PRAGMA busy_timeout = {round(timeout * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        keep_log_ahead(connection, timeout)
        connection.execute("PRAGMA secure_delete = ON")  # faces of an erased person must not stay in free pages

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes would fail at once, without waiting, if another wrote between.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def keep_log_ahead(connection: SqliteConnection, timeout: float) -> None:
    """Let readers and a writer go on beside each other, by a write-ahead log.

    The first to open a file turns it on, for which it has to be alone. SQLite does not wait for that, whatever its
    `busy_timeout`, so two who open a new file at once would not both succeed.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(0.01)
        else:
            return


def keep_private(database: Path) -> None:
    """Make the file if there is none; in any case its keeper alone may read the faces in it.

    One that is shared with a group, but not with everybody, stays so. SQLite gives its other files the same mode.
    """
    with suppress(OSError):  # whether the file can be used at all is told when it is
        with suppress(FileExistsError):  # one that is there is not opened: closing it would end this process's locks
            database.resolve().touch(0o600, exist_ok=False)
        for suffix in ("", "-wal", "-shm"):
            file = database.with_name(database.name + suffix)
            if file.exists() and file.stat().st_mode & 0o007:
                file.chmod(0o600)


def create_server(url: URL, timeout: float) -> Engine:
    """For a server; on PostgreSQL whoever writes waits for those who do, up to `timeout` seconds."""
    limits = _limits(timeout) if "psycopg" in url.get_driver_name() else {}
    given = {name: limit for name, limit in limits.items() if name not in url.query}
    engine = create_engine(url, pool_pre_ping=True, connect_args=given)
    if engine.dialect.name != "postgresql":
        return engine

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):  # one after the other, as SQLite has it
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(timeout * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")

    return engine


def _limits(timeout: float) -> dict[str, int]:
    """After how long a server counts as away: one that cannot be connected to, and one that answers no more.

    See "Parameter Key Words" in PostgreSQL's manual of libpq. A server that works on something answers all the same.
    """
    probing = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}  # seconds, seconds, times
    return {"connect_timeout": max(2, round(timeout)), "tcp_user_timeout": 10_000, **probing}  # seconds, milliseconds


def empty_log(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, which still holds pages as they were before an erasure.

    Raises:
        DatabaseError: it cannot be emptied, or another program uses it for longer than the timeout.
    """
    if not is_sqlite(engine.url):
        return
    place = place_of(engine.url)
    with explained(place), closing(engine.raw_connection()) as connection:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise DatabaseError(
            f"What was erased is gone from the database {place}, but copies remain in its files, "
            "since another program uses it: close that program, then run `doorman prune`."
        )

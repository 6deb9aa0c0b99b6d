"""A database that is only read: nothing in it changes, whatever version it is of."""

import logging
from contextlib import closing
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import cast

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event

from db.errors import DatabaseError, explained
from db.schema import engine as engines
from db.schema import migration as schema
from db.schema.copies import open_to_read

log = logging.getLogger(__name__)


def create(url: URL, timeout: float) -> Engine:
    """An engine that reads what is there, in the present version of the schema; see `Transactions.open_to_read`.

    Raises:
        DatabaseError: it cannot be read.
    """
    place = engines.place_of(url)
    file = engines.file_of(url)
    if file is None:
        engine = engines.create(url, timeout)
        return engine if engines.is_sqlite(url) and _in_memory(engine, place) else _server(engine, place)
    if not file.exists():
        if url != engines.database_url(engines.default_url()):  # somebody has named it
            _tell_of_missing(file)
        return _in_memory(engines.create(URL.create("sqlite"), timeout), place)
    engine = _file(file, timeout)
    try:
        with explained(place), engine.begin() as connection:
            found = schema.version(connection, place)
        if found == schema.VERSION:
            return engine
        engine.dispose()
        return _in_memory(engines.create(URL.create("sqlite"), timeout), place, file)
    except BaseException:
        engine.dispose()
        raise


@cache
def _tell_of_missing(file: Path) -> None:
    """Say it once, however often the program opens it."""
    log.warning("There is no database %s: it is taken for an empty one. Check where it is, and --db.", file)


def _file(file: Path, timeout: float) -> Engine:
    engine = create_engine("sqlite://", creator=lambda: open_to_read(file), poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def configure(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {round(timeout * 1000)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")  # all of a transaction sees the same moment

    return engine


def _in_memory(engine: Engine, place: str, file: Path | None = None) -> Engine:
    """An empty database, or what a file holds, brought up to date."""
    with explained(place):
        if file is not None:
            with closing(open_to_read(file)) as source, closing(engine.raw_connection()) as copy:
                source.backup(cast(SqliteConnection, copy.driver_connection))
        with engine.execution_options(writing=True).begin() as connection:
            if file is None:
                schema.create(connection)
            else:
                schema.bring_up_to_date(connection, place)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")  # what was written here would be lost
    return engine


def _server(engine: Engine, place: str) -> Engine:
    with explained(place), engine.begin() as connection:
        found = schema.version(connection, place)
    if found == schema.VERSION:
        return engine.execution_options(postgresql_readonly=True)
    engine.dispose()
    if found is None:
        return _in_memory(engines.create(URL.create("sqlite"), timeout=0), place)
    raise DatabaseError(
        f"The database {place} is of an older version (schema {found}): bring it up to date with a command that "
        "writes, such as `doorman prune`."
    )

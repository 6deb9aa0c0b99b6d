"""A database that is open: how it is read and written, one whole transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from db.clock import SharedClock
from db.errors import explained
from db.people import gallery
from db.schema import copies, reading
from db.schema import engine as engines
from db.schema import migration as schema


class Transactions:
    """What every part of the database stands on; its methods raise DatabaseError when they fail.

    Attributes:
        place: how messages call it.
        file: its file, if it is one.
        address: tells where it is, whoever asks.
        is_served: whether it is on a server, which may be away.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self.place = engines.place_of(url)
        self.file = engines.file_of(url)
        self.address = engines.address_of(url)
        self.is_served = not engines.is_sqlite(url)
        self._engine = engine
        self._read = sessionmaker(engines.for_reading(engine))
        self._write = sessionmaker(engine.execution_options(writing=True))

    @classmethod
    def open(cls, url: str | Path, timeout: float = 5.0) -> Self:
        """Open, or create, the database at a URL or path; it is brought up to date.

        Of an SQLite file that needs this a copy is kept first, see `forget_copies`.

        Args:
            url: an empty one is the user's own.
            timeout: seconds to wait while another program writes.

        Raises:
            DatabaseError: it is damaged, read-only, locked, from a newer version, or not ours.
        """
        place = engines.database_url(url or engines.default_url())
        database = cls(engines.create(place, timeout), place)
        try:
            with database.writing() as session:
                schema.bring_up_to_date(session.connection(), database.place, database.file)
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def open_to_read(cls, url: str | Path, timeout: float = 5.0) -> Self:
        """Open the database at a URL or path and leave it as it is; one that is not there is as an empty one.

        An SQLite file of an older version is read through a copy in memory, which is brought up to date.

        Raises:
            DatabaseError: it is damaged, from a newer version, not ours, or on a server and of an older version.
        """
        place = engines.database_url(url or engines.default_url())
        return cls(reading.create(place, timeout), place)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees the database as it is at one moment."""
        with explained(self.place), self._read.begin() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is kept whole or, on an error, not at all; others who write wait meanwhile."""
        with explained(self.place), self._write.begin() as session:
            yield session

    @property
    def is_postgresql(self) -> bool:
        return self._engine.dialect.name == "postgresql"

    @property
    def is_psycopg(self) -> bool:
        """Whether PostgreSQL is reached through the driver that can listen."""
        return self._engine.driver == "psycopg"

    @cached_property
    def clock(self) -> SharedClock:
        """What time it is for all who use this database; set when it is asked for first, see `SharedClock.set`."""
        return SharedClock(self)

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A connection to a server that keeps each statement at once, as it is for what is done beside all others."""
        with explained(self.place), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def check(self) -> None:
        """Read all that there is, some at a time.

        Raises:
            DatabaseError: something is damaged.
        """
        with self.reading() as session:
            schema.read_all(session.connection())
            gallery.look_through(session)

    def forget_history(self) -> None:
        """Let nothing of what was erased remain in the database's files.

        Raises:
            DatabaseError: something remains, since another program uses them for longer than the timeout.
        """
        engines.empty_log(self._engine)

    def forget_copies(self, older_than: datetime | None = None) -> list[Path]:
        """Delete what was kept of the database as it was before it was brought up to date.

        Returns:
            Copies that cannot be deleted.
        """
        return [] if self.file is None else copies.forget(self.file, older_than)

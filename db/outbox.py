"""Messages on disk, until whoever they are for has taken them: they outlive a restart and a long outage."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Column, Connection, Engine, Integer, MetaData, Table, Text, delete, func, insert, select

from db.engine import create, place_of
from db.errors import DatabaseLockedError, explained

LIMIT = 100_000
MESSAGES = Table(
    "message",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)


class Outbox:
    """A bounded queue of texts in an SQLite file, which belongs to one process at a time; for several threads.

    Args:
        limit: messages kept; one more costs the oldest.

    Raises:
        DatabaseError: from every method, the file cannot be read or written.
    """

    def __init__(self, engine: Engine, limit: int = LIMIT) -> None:
        self.place = place_of(engine.url)
        self._limit = limit
        self._lock = threading.Lock()
        with explained(self.place):
            self._connection = engine.execution_options(writing=True).connect()
        with self._writing() as connection:
            connection.exec_driver_sql("PRAGMA locking_mode = EXCLUSIVE")
        with self._writing() as connection:  # takes the lock and, from now on, keeps it
            MESSAGES.create(connection, checkfirst=True)

    @classmethod
    def open(cls, folder: Path, name: str, limit: int = LIMIT) -> Self:
        """The first queue of this name in the folder that no other process uses."""
        for number in itertools.count(1):
            url = URL.create("sqlite", database=str(folder / f"{name}-{number}.db"))
            try:
                return cls(create(url, timeout=0.1), limit)
            except DatabaseLockedError:
                continue
        raise AssertionError("the count has no end")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        with self._writing() as connection:
            return connection.scalars(select(func.count()).select_from(MESSAGES)).one()

    def put(self, message: str) -> int:
        """Add a message; returns how many old ones that cost."""
        with self._writing() as connection:
            newest = connection.scalars(insert(MESSAGES).values(text=message).returning(MESSAGES.c.id)).one()
            return connection.execute(delete(MESSAGES).where(MESSAGES.c.id <= newest - self._limit)).rowcount

    def oldest(self) -> tuple[int, str] | None:
        """The number and text of the message that has waited longest; None if none waits."""
        with self._writing() as connection:
            row = connection.execute(select(MESSAGES.c.id, MESSAGES.c.text).order_by(MESSAGES.c.id).limit(1)).first()
        return None if row is None else (row.id, row.text)

    def remove(self, number: int) -> None:
        """Forget a message that was taken."""
        with self._writing() as connection:
            connection.execute(delete(MESSAGES).where(MESSAGES.c.id == number))

    def close(self) -> None:
        """Leave the queue to the next process."""
        with self._lock:
            self._connection.close()
            self._connection.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, explained(self.place), self._connection.begin():
            yield self._connection

"""Messages on disk, until whoever they are for has taken them: they outlive a restart and a long outage."""

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Column, Connection, Engine, Integer, MetaData, Table, Text, delete, func, insert, select

from db.errors import DatabaseLockedError, explained
from db.schema.engine import create, place_of

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
        with explained(self.place, elsewhere=""):
            self._connection = engine.execution_options(writing=True).connect()
        with self._writing() as connection:
            connection.exec_driver_sql("PRAGMA locking_mode = EXCLUSIVE")
        with self._writing() as connection:  # takes the lock and, from now on, keeps it
            MESSAGES.create(connection, checkfirst=True)

    @classmethod
    def open(cls, folder: Path, name: str, limit: int = LIMIT) -> Self:
        """The first queue of this name in the folder that no other process uses, with what waits in the others."""
        files = (folder / f"{name}-{number}.db" for number in itertools.count(1))
        outbox = next(free for file in files if (free := cls._unless_used(file, limit)) is not None)
        try:
            for file in queues(folder, name):
                other = None if str(file) == outbox.place else cls._unless_used(file, limit)
                if other is not None:
                    with other:
                        outbox._take_over(other)
        except BaseException:
            outbox.close()
            raise
        return outbox

    @classmethod
    def every(cls, folder: Path) -> Iterator[Self]:
        """Each queue of a folder in its turn, of any name, that no other process uses."""
        for file in sorted(folder.glob("*-*.db")):
            if (outbox := cls._unless_used(file, LIMIT)) is not None:
                with outbox:
                    yield outbox

    @classmethod
    def _unless_used(cls, file: Path, limit: int) -> Self | None:
        """The queue in a file; None if another process uses it."""
        try:
            return cls(create(URL.create("sqlite", database=str(file)), timeout=0.1, elsewhere=""), limit)
        except DatabaseLockedError:
            return None

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

    def forget(self, concerns: Callable[[str], bool]) -> int:
        """Forget the messages that concern what must not be told any more; returns how many there were."""
        with self._writing() as connection:
            waiting = connection.execute(select(MESSAGES.c.id, MESSAGES.c.text)).all()
            numbers = [row.id for row in waiting if concerns(row.text)]
            for number in numbers:
                connection.execute(delete(MESSAGES).where(MESSAGES.c.id == number))
        return len(numbers)

    def _take_over(self, other: Self) -> None:
        """Move another queue's messages to the end of this one; after a crash, some may be in both."""
        with other._writing() as theirs:
            waiting = theirs.scalars(select(MESSAGES.c.text).order_by(MESSAGES.c.id)).all()
            theirs.execute(delete(MESSAGES))
            if waiting:
                with self._writing() as ours:  # kept first, so that no message is lost
                    ours.execute(insert(MESSAGES), [{"text": text} for text in waiting])

    def close(self) -> None:
        """Leave the queue to the next process."""
        with self._lock:
            self._connection.close()
            self._connection.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock, explained(self.place, elsewhere=""), self._connection.begin():
            yield self._connection


def queues(folder: Path, name: str) -> list[Path]:
    """The files of all queues of this name, in the order of their numbers."""
    files = (file for file in folder.iterdir() if re.fullmatch(rf"{re.escape(name)}-\d+\.db", file.name))
    return sorted(files, key=lambda file: int(file.stem.rpartition("-")[2]))

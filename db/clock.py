"""The clock that all share who write into a database on a server: the server's."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.schema.tables import utc_now

QUESTIONS = 5  # of which the one that is answered soonest counts
TIME = text("SELECT clock_timestamp()")


class Asked(Protocol):
    """A database, as far as it is asked for the time."""

    @property
    def is_postgresql(self) -> bool:
        """Whether it is on a server that knows how to tell."""

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that reads."""


class SharedClock:
    """What time it is by the clock of a database's server, whatever this machine's own says.

    The server is asked for the time, and its answer is taken to be of the middle between the question and the arrival
    of the answer: it is wrong by half of that at most (Cristian 1989, Probabilistic clock synchronization). Of several
    answers that counts which took the shortest. From then on the time goes on as seconds pass here. Where the database
    is a file, or on a server that is not PostgreSQL, the time is this machine's own.

    Args:
        own: this machine's clock.
        seconds: pass here, never falling.
    """

    def __init__(
        self,
        database: Asked,
        own: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._own = own
        self._seconds = seconds
        self._set: tuple[datetime, float] | None = None  # the server's time, and the seconds then
        self.set()

    def set(self) -> None:
        """Ask the server anew.

        Raises:
            DatabaseError: it cannot be asked; the clock goes on as it was set before.
        """
        if not self._database.is_postgresql:
            return
        with self._database.reading() as session:
            _, told, middle = min(self._asked(lambda: session.scalars(TIME).one()) for _ in range(QUESTIONS))
        self._set = told, middle

    def now(self) -> datetime:
        """The time, in UTC."""
        if self._set is None:
            return self._own()
        told, at = self._set
        return told + timedelta(seconds=self._seconds() - at)

    def _asked(self, ask: Callable[[], datetime]) -> tuple[float, datetime, float]:
        """How many seconds an answer took, the server's time that it told, and the seconds at which it was that."""
        began = self._seconds()
        told = ask().astimezone(UTC)
        took = self._seconds() - began
        return took, told, began + took / 2

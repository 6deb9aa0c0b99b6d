"""For how long a database that takes nothing is waited for."""

import time
from collections.abc import Callable

from db.errors import TEMPORARY, DatabaseError


class Patience:
    """Tells what is wrong where trying again does not help, or has not for too long.

    Args:
        seconds: for which it may go on.
        clock: seconds, never falling.

    Attributes:
        failure: what is wrong; None while there is hope.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.failure: DatabaseError | None = None
        self._seconds = seconds
        self._clock = clock
        self._since: float | None = None  # it has gone on, without a success

    def fail(self, error: DatabaseError) -> None:
        """It went wrong once more."""
        now = self._clock()
        if self._since is None:
            self._since = now
        has_hope = isinstance(error, TEMPORARY) and now - self._since < self._seconds
        self.failure = None if has_hope else error

    def begin_anew(self) -> None:
        """It went well, or is to be tried as if for the first time."""
        self._since = None
        self.failure = None

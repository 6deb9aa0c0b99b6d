"""Another program's lock, and waiting for what happens in a thread."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from db import Database


def wait_for(condition: Callable[[], object], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """As another program does: with connections of its own, in the middle of a transaction."""
    with Database.open(database.place) as other, other.writing() as session:
        session.connection()
        yield

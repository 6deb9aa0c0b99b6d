"""Another program's lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from db import Database


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """As another program does: with connections of its own, in the middle of a transaction."""
    with Database.open(database.place) as other, other.writing() as session:
        session.connection()
        yield

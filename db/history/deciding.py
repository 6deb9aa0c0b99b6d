"""The transactions in which people, their pictures and groups of strangers change."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from db.history.journal import Journal
from db.people.gallery import note_change
from db.transactions import Transactions


@contextmanager
def changing(database: Transactions) -> Iterator[Session]:
    """A transaction that running processes take notice of: see `Database.generation`."""
    with database.writing() as session:
        yield session
        note_change(session)


@contextmanager
def deciding(database: Transactions) -> Iterator[Journal]:
    """The same, of something decided by hand: the history has it, once the journal was told what it is."""
    with changing(database) as session:
        journal = Journal(session)
        yield journal
        journal.write()

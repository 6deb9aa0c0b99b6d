"""A database on a server that can be away, without a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Self

from sqlalchemy.orm import Session

from db import Database, DatabaseAwayError, DatabaseError

Away = Literal["no", "before", "after"]


class Served(Database):
    """Away before it takes something, or before it says that it has taken it.

    Attributes:
        away: whether, and when, it goes.
        error: what is told then.
    """

    away: Away = "no"
    error: DatabaseError = DatabaseAwayError("The database cannot be reached: check that its server runs.")

    @classmethod
    def open(cls, url: object = "sqlite://", timeout: float = 5.0) -> Self:
        database = super().open(url, timeout)  # type: ignore[arg-type]
        database.is_served = True
        return database

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if self.away == "before":
            raise self.error
        with super().writing() as session:
            yield session
        if self.away == "after":
            raise self.error

"""The history of what was decided by hand, as the rest of the program sees it."""

from datetime import datetime

from sqlalchemy import func, select

from db.database import Database
from db.history.deciding import changing
from db.history.records import Decision
from db.history.undoing import recorded, take_back
from db.schema.history import DecisionRow


class History:
    """Decisions by hand; every method is one transaction, and raises DatabaseError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decisions(self, offset: int = 0, limit: int | None = None) -> list[Decision]:
        """The decisions of the last days, the latest first."""
        latest = select(DecisionRow).order_by(DecisionRow.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as session:
            return [recorded(row) for row in session.scalars(latest)]

    def count(self) -> int:
        """How many there are."""
        with self._database.reading() as session:
            return session.scalars(select(func.count()).select_from(DecisionRow)).one()

    def undo(self, number: int, now: datetime | None = None) -> Decision:
        """Take a decision back.

        Raises:
            DatabaseError: there is none, or not any more; or what it has changed was changed since.
        """
        with changing(self._database) as session:
            return take_back(session, number, now or self._database.clock.now())

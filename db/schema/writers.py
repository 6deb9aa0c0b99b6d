"""The tables of those who write sightings on a server."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.tables import Base


class WriterRow(Base):
    """A run that writes sightings, and which of its reports are written; changes with them, in one transaction.

    Whoever does not know whether something was written, since the server went away or the run was killed meanwhile,
    finds it here; see `db.bridge`. It goes when the run ends in order.
    """

    __tablename__ = "writer"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch: Mapped[int]  # the last that is written
    course: Mapped[dict[str, Any]] = mapped_column(JSON)  # how it went on then
    touched: Mapped[datetime]  # by the clock that all share


class VisitorRow(Base):
    """Somebody of whom it was told that they came, where several programs watch and visits are over all their cameras.

    See `db.events.visitors`.
    """

    __tablename__ = "visitor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    told: Mapped[datetime]  # when they came, the last time that it was told
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)  # they left
    due: Mapped[datetime | None] = mapped_column(index=True)  # when the visit may have ended; None: it has

"""The table of those who write sightings on a server."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.tables import Base, utc_now


class WriterRow(Base):
    """A run that writes sightings, and which of its reports are written; changes with them, in one transaction.

    Whoever does not know whether something was written, since the server went away or the run was killed meanwhile,
    finds it here; see `db.bridge`. It goes when the run ends in order.
    """

    __tablename__ = "writer"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch: Mapped[int]  # the last that is written
    course: Mapped[dict[str, Any]] = mapped_column(JSON)  # how it went on then
    touched: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

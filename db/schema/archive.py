"""The table of recordings that are watched piece by piece."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.tables import NEVER_REUSE_IDS, Base, FreeText


class RecordingRow(Base):
    """A recording, how far it was watched and written, and who is still there at that moment.

    Its sightings carry its id: `recording_id`, without a foreign key, for which SQLite would have to copy their table.
    """

    __tablename__ = "recording"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(FreeText(500), index=True)  # a file, or a recorder's folders of a camera
    camera: Mapped[str] = mapped_column(FreeText(200))
    began: Mapped[datetime]
    content: Mapped[str] = mapped_column(String(64))  # tells whether the file is another by now
    made: Mapped[str] = mapped_column(String(64))  # a digest of the people, networks and wishes it was watched with
    watched: Mapped[float]  # seconds from its beginning
    ended: Mapped[bool]
    tracks: Mapped[int]  # numbered so far
    staying: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

"""The tables. A change here needs a migration in `migrations/versions` (a test compares the two)."""

import hashlib
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, LargeBinary, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.names import KEY_LENGTH, MAX_LENGTH, escaped
from db.records import Aside, EventName


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, kept as UTC without a zone: the same on every database, and in order as text in SQLite."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: pass an aware datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value and value.replace(tzinfo=UTC)


class FreeText(TypeDecorator[str]):
    """Text from outside, as file names are: what no database takes of it is kept, and looked for, as escapes.

    One that is too long is cut off, and ends in what tells it from others that begin alike.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value and shortened(escaped(value), cast(String, self.impl_instance).length)


class LongFreeText(FreeText):
    impl = Text
    cache_ok = True


def shortened(text: str, length: int | None) -> str:
    """The text, or, where it has more characters than that, its beginning and a digest of it."""
    if length is None or len(text) <= length:
        return text
    end = "~" + hashlib.sha256(text.encode()).hexdigest()[:8]
    return text[: length - len(end)] + end


def utc_now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    # Named constraints can be dropped by later migrations.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


# The id of an erased row must never come back as somebody else's: running processes may still hold it.
NEVER_REUSE_IDS = {"sqlite_autoincrement": True}


class Looked:
    """A look that is kept: by which embedder, and the aligned face, where that is kept, too."""

    digest: Mapped[str] = mapped_column(String(64), sort_order=1)  # of the embedder
    embedding: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, sort_order=1)  # float32, little endian
    crop: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, sort_order=1)


class PersonRow(Base):
    __tablename__ = "person"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    created: Mapped[datetime] = mapped_column(default=utc_now)
    aside: Mapped[bool] = mapped_column(default=False)  # known, but nobody is recognized as them


class SampleRow(Base):
    __tablename__ = "sample"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    quality: Mapped[float]
    source: Mapped[str] = mapped_column(LongFreeText)
    created: Mapped[datetime] = mapped_column(default=utc_now)
    forced: Mapped[bool]
    aside: Mapped[Aside | None] = mapped_column(String(10))  # why it is not searched for
    embedding: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # float32, little endian
    crop: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # last: SQLite need not read it for the others


class LikenessRow(Base):
    """A sample that is like somebody else enough to be taken for them; erasing either erases that it is."""

    __tablename__ = "likeness"

    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class SightingRow(Base):
    __tablename__ = "sighting"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    # Erasing a person erases their sightings; it must not turn them into a stranger's.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    camera: Mapped[str] = mapped_column(FreeText(200))
    first_seen: Mapped[datetime] = mapped_column(index=True)
    last_seen: Mapped[datetime] = mapped_column(index=True)
    similarity: Mapped[float | None]
    snapshot: Mapped[str | None] = mapped_column(LongFreeText)
    written: Mapped[datetime | None] = mapped_column(index=True)  # of recordings, which tell of long ago
    recording_id: Mapped[int | None] = mapped_column(index=True)  # of one that is watched piece by piece


class EventRow(Base):
    __tablename__ = "event"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(index=True)
    camera: Mapped[str] = mapped_column(FreeText(200))
    event: Mapped[EventName] = mapped_column(String(20))
    track: Mapped[int | None]
    # Who it was stands in the sighting alone: erased with it, renamed and merged with it.
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), index=True)
    similarity: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(LongFreeText)
    written: Mapped[datetime | None]  # as its sighting's


class MessageRow(Base):
    """An event that waits until whoever it is for, far away, has taken it; one row for each of those.

    What it tells is read from the event and its sighting when it is sent: whoever was renamed or merged meanwhile is
    told by the new name, and of whoever was erased nothing waits any more.
    """

    __tablename__ = "message"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    sink: Mapped[str] = mapped_column(String(64), index=True)  # a digest, since a URL can hold a password
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    named: Mapped[bool]  # whether the name was known when it happened
    claimant: Mapped[str | None] = mapped_column(String(32))  # who is sending it
    claimed: Mapped[datetime | None]  # since when


class EvidenceRow(Looked, Base):
    """A look behind a name: what it was like, whom it was like, and what was thought after it.

    Whoever is erased goes from other people's evidence, too; the similarity alone stays.
    """

    __tablename__ = "evidence"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), index=True)
    track: Mapped[int]  # the tracker's number: a sighting may be of several
    time: Mapped[datetime]
    quality: Mapped[float]
    eyes: Mapped[float]  # between them, in pixels of the picture
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    similarity: Mapped[float | None]  # of this look alone, to the person nearest to it
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    other_similarity: Mapped[float | None]  # to the next one
    gathered: Mapped[float | None]  # similarity of all looks so far to the person nearest to them
    threshold: Mapped[float]
    agreed: Mapped[int]  # looks that agreed on the person so far
    state: Mapped[str] = mapped_column(String(10))  # after this look
    liveness: Mapped[float | None]  # what a user's own network said of it


class AppearanceRow(Base):
    """What the looks at a track came to, in numbers: nothing by which a stranger could be known again."""

    __tablename__ = "appearance"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), index=True)
    looks: Mapped[int]
    usable: Mapped[int]  # looks that told something
    eyes: Mapped[float | None]  # usually between them, in pixels of the picture
    reason: Mapped[str | None] = mapped_column(String(100))  # why it has no name
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    similarity: Mapped[float | None]  # the best, to the person nearest
    other_similarity: Mapped[float | None]  # to the next one then
    threshold: Mapped[float | None]  # then


class UnknownRow(Base):
    """A group of stays that look like one stranger's."""

    __tablename__ = "unknown"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    ignored: Mapped[bool]  # never shown, and never to get somebody's name
    # Whom it was made, or added to; it is kept, hidden, as long as that can be taken back. No foreign key: SQLite would
    # have to copy the table for one.
    person_id: Mapped[int | None] = mapped_column(index=True)


class StayRow(Base):
    """What is kept of a track that ended without a name."""

    __tablename__ = "stay"
    # When a group was seen last is read from the index alone.
    __table_args__ = (Index(None, "unknown_id", "last_seen"), NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    unknown_id: Mapped[int] = mapped_column(ForeignKey("unknown.id", ondelete="CASCADE"))
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="SET NULL"), index=True)
    camera: Mapped[str] = mapped_column(FreeText(200))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    created: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    pictures: Mapped[int]  # looks that are kept
    size: Mapped[int]  # of its pictures in bytes
    embedding: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    portrait: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class LookRow(Base):
    __tablename__ = "look"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id", ondelete="CASCADE"), index=True)
    quality: Mapped[float]
    embedding: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    crop: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ApartRow(Base):
    """Two groups that somebody has split: the program never makes one of them again."""

    __tablename__ = "apart"

    one_id: Mapped[int] = mapped_column(ForeignKey("unknown.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("unknown.id", ondelete="CASCADE"), primary_key=True, index=True)


class SettingRow(Base):
    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class GalleryRow(Base):
    """One row, made by the first migration."""

    __tablename__ = "gallery"

    id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int]  # grows with every change of people, samples and settings

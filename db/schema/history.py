"""The tables of what people have decided by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.tables import NEVER_REUSE_IDS, Base, Looked, utc_now


class DecisionRow(Base):
    """Something that somebody has decided by hand, in the transaction that does it."""

    __tablename__ = "decision"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    what: Mapped[str] = mapped_column(String(20))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)  # what fills the sentence that tells of it
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # as `db.history.journal` has them; never pictures
    undone: Mapped[datetime | None]


class ConcernRow(Base):
    """Somebody whom a decision concerns: whoever is erased takes all such decisions along."""

    __tablename__ = "concern"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class NegativeRow(Looked, Base):
    """A look that is not a person's, as somebody has said; whoever is more like it than like them is not named so."""

    __tablename__ = "negative"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)  # whose it is not
    # Whose it is, where that was said.
    right_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="SET NULL"), index=True)


class SuggestionRow(Looked, Base):
    """A look at somebody that is offered as a further picture of theirs; those refused stay, without a picture."""

    __tablename__ = "suggestion"
    __table_args__ = NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="SET NULL"), index=True)
    time: Mapped[datetime] = mapped_column(default=utc_now, index=True)  # when it was offered
    quality: Mapped[float]
    similarity: Mapped[float]
    refused: Mapped[bool]

"""Events that wait in the database until whoever they are for, far away, has taken them: over restarts and outages."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.database import Database
from db.events.events import event_of, joined
from db.records import Event
from db.schema.tables import EventRow, MessageRow

LIMIT = 100_000  # messages that wait
LEASE = timedelta(seconds=60)  # longer than sending takes: after it, whoever claimed a message has died


@dataclass(frozen=True, slots=True)
class Message:
    """An event to send, by its number in the queue."""

    id: int
    event: Event


class Outbox:
    """The queue of one sink, for several threads and processes; every method is one transaction.

    The oldest message is claimed before it is sent, and nobody sends another one meanwhile: they arrive in order, and
    none twice, unless whoever claimed it dies before it is removed.

    Args:
        sink: a digest of where the messages go, see `digest`.
        limit: messages kept, see `trim`.
        now: the clock; by default the one that all share who use the database.

    Attributes:
        news: set whenever something was added here.
    """

    def __init__(
        self,
        database: Database,
        sink: str,
        limit: int = LIMIT,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.sink = sink
        self.news = threading.Event()
        self._database = database
        self._limit = limit
        self._now = now or database.clock.now
        self._claimant = uuid.uuid4().hex

    def __len__(self) -> int:
        with self._database.reading() as session:
            return session.scalars(select(func.count()).select_from(MessageRow).where(self._is_ours)).one()

    def claim(self) -> Message | None:
        """The message that has waited longest, for this one alone to send; None if none waits, or another sends.

        Claiming it again is allowed, and renews the claim.
        """
        now = self._now()
        oldest = select(func.min(MessageRow.id)).where(self._is_ours).scalar_subquery()
        is_free = or_(
            MessageRow.claimant.is_(None), MessageRow.claimant == self._claimant, MessageRow.claimed < now - LEASE
        )
        claiming = update(MessageRow).where(MessageRow.id == oldest, is_free)
        with self._database.writing() as session:
            claimed = session.scalar(
                claiming.values(claimant=self._claimant, claimed=now).returning(MessageRow),
                execution_options={"synchronize_session": False},
            )
            if claimed is None:
                return None
            row, name, snapshot = session.execute(joined().where(EventRow.id == claimed.event_id)).one()
            return Message(claimed.id, event_of(row, name if claimed.named else None, snapshot))

    def release(self) -> None:
        """Leave what was claimed to others."""
        with self._database.writing() as session:
            mine = update(MessageRow).where(MessageRow.claimant == self._claimant)
            session.execute(mine.values(claimant=None, claimed=None))

    def remove(self, message: Message) -> None:
        """Forget a message that was taken."""
        with self._database.writing() as session:
            session.execute(delete(MessageRow).where(MessageRow.id == message.id))

    def trim(self) -> int:
        """Forget the oldest messages beyond the limit; returns how many there were."""
        with self._database.writing() as session:
            newest_first = select(MessageRow.id).where(self._is_ours).order_by(MessageRow.id.desc())
            last = session.scalar(newest_first.offset(self._limit).limit(1))
            if last is None:
                return 0
            given_up = delete(MessageRow).where(self._is_ours, MessageRow.id <= last).returning(MessageRow.id)
            return len(session.scalars(given_up).all())

    @property
    def _is_ours(self) -> ColumnElement[bool]:
        return MessageRow.sink == self.sink


def add_message(session: Session, sink: str, event: EventRow, named: bool) -> None:
    """Let a stored event wait for a sink.

    Args:
        named: whether the person was known when it happened; else it is told as a stranger's.
    """
    session.add(MessageRow(sink=sink, event_id=event.id, named=named))


def digest(url: str) -> str:
    """What stands for a sink in the database, which must not tell the URL: it may hold a password."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]

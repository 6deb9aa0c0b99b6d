"""Sightings into the database, by a thread of their own, so that nobody who reports them waits for the disk."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from db.database import Database
from db.errors import TEMPORARY, DatabaseError
from db.evidence.records import Appearance, NewEvidence
from db.records import Event, NewSnapshot, Tell
from db.sightings.intervals import Intervals, OpenSighting
from db.sightings.outbox import Outbox
from db.sightings.snapshots import forget_missing, write_snapshot
from db.sightings.telling import EVERYTHING, Telling, Told
from db.unknowns.records import Faces, NewStay, Place

Change = Callable[[Intervals], None]

LAST = datetime.max.replace(tzinfo=UTC)
PAUSE = 0.1  # seconds between tries at the end


class SightingWriter:
    """Takes down who is seen, in batches, within a `with` block.

    A sighting is always stored as the interval known so far, so that a crash leaves nothing open and loses at most
    the last `interval` seconds. The same person on the same camera again within `absence` is the same sighting,
    whichever track it is and also after a new start.

    Reports that cannot be stored are kept and tried again. What a run that was killed has left by halves is put right
    at the start.

    Args:
        absence: seconds after which a person who comes back is a new sighting.
        interval: seconds between batches.
        patience: seconds for which the database may be locked or away.
        outboxes: where each event that is told waits to be sent, from the moment at which it is stored.
        telling: which events are told; all are stored.
        now: the clock, which tells when a visit has ended.

    Attributes:
        telling: which events are told.

    Raises:
        DatabaseError: from every method, earlier reports cannot be stored; at the end of the block, some never were.
        Exception: likewise, what somebody raised who was told of an event.
    """

    def __init__(
        self,
        database: Database,
        absence: float = 10.0,
        interval: float = 1.0,
        patience: float = 30.0,
        outboxes: Sequence[Outbox] = (),
        telling: Telling = EVERYTHING,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._absence = timedelta(seconds=absence)
        self._interval = interval
        self._patience = patience
        self._outboxes = outboxes
        self.telling = telling
        self._told = Told(telling)
        self._now = now
        self._keys = itertools.count(1)
        self._sightings: dict[int, OpenSighting] = {}
        self._recorded: frozenset[int] = frozenset()
        self._unknowns: Faces | None = None
        self._pending: list[Change] = []
        self._snapshots: list[tuple[int, NewSnapshot]] = []
        self._adding = threading.Lock()
        self._failing: float | None = None  # since when, by a clock that never falls
        self._failure: DatabaseError | None = None
        self._objection: Exception | None = None
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sighting-writer", daemon=True)

    def open(self, camera: str, at: datetime, recorded: bool = False) -> int:
        """Somebody came, a stranger until named; returns the key for the other methods.

        Args:
            recorded: whether it is a recording, which may be watched again: only what this writer was told of it is
                one sighting.
        """
        key = next(self._keys)
        at = _aware(at)
        self._report(lambda intervals: intervals.open(key, camera, at, recorded))
        return key

    def extend(self, key: int, at: datetime, similarity: float | None = None) -> None:
        """They are still there.

        Args:
            similarity: cosine to the person they are named; does not matter for a stranger. The best is kept.
        """
        at = _aware(at)
        self._report(lambda intervals: intervals.extend(key, at, similarity))

    def name(
        self, key: int, person_id: int | None, similarity: float | None = None, snapshot: NewSnapshot | None = None
    ) -> None:
        """A stranger was this person all the time; somebody named before is from now on another, or a stranger.

        Args:
            snapshot: a picture that replaces the one before, whose file is deleted; it is written once it is known to
                the database.
        """
        self._report(lambda intervals: intervals.name(key, person_id, similarity, snapshot))

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None = None) -> None:
        """Keep the looks behind the name that a track has; of a stranger's none is kept.

        Args:
            appearance: what all looks at it came to, once it is over.
        """
        self._report(lambda intervals: intervals.explain(key, looks, appearance))

    def retract(self, key: int, began: datetime) -> None:
        """It was no person: what was seen since it began is no sighting, and the key goes."""
        began = _aware(began)
        self._report(lambda intervals: intervals.retract(key, began))

    def close(self, key: int, at: datetime) -> None:
        """They have gone, and the key with them."""
        at = _aware(at)
        self._report(lambda intervals: intervals.close(key, at))

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None:
        """They have gone, as `close` has it, without a name: what was seen of them is kept as a stranger's.

        Args:
            place: says to which stranger; called in the writer's thread, within its transaction.
        """
        at = _aware(at)
        self._report(lambda intervals: intervals.keep(key, at, stay, place))

    def note(self, event: Event, key: int | None, tell: Tell) -> None:
        """Something happened, to the sighting of this key if there is one.

        Args:
            tell: told of the event, with the sighting's id, once it and all that was reported before are stored: at
                once, but in the writer's thread.
        """
        self._report(lambda intervals: intervals.note(event, key, tell))
        self._due.set()

    def __enter__(self) -> Self:
        with suppress(DatabaseError):  # it is tried again at the next start
            forget_missing(self._database)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._due.set()
        self._thread.join()
        self._failing, self._failure = None, None
        self._flush()
        while self._pending and self._failure is None:
            time.sleep(PAUSE)
            self._flush()
        if self._failure is None:
            self._flush(LAST)  # nobody watches any longer: all visits have ended
        if self._failure is not None:
            lost = f"The last {len(self._pending)} reports of who was seen are lost: {self._failure}"
            raise DatabaseError(lost) from self._failure
        if self._objection not in (None, error):
            raise self._objection

    def _report(self, change: Change) -> None:
        with self._adding:
            failure = self._failure or self._objection
            if failure is not None:
                raise failure
            self._pending.append(change)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._due.wait(self._interval)
            self._due.clear()
            self._flush()

    def _flush(self, now: datetime | None = None) -> None:
        """Store what is pending, and tell of it; of the visits, too, that have ended by now."""
        noted = self._store(now)
        self._write_snapshots()  # whoever is told of one finds it
        self._tell(noted)

    def _store(self, now: datetime | None = None) -> list[tuple[Event, Tell]]:
        """Store what is pending; if that fails, it remains pending. Returns what is to be told."""
        with self._adding:
            changes = self._pending.copy()
        now = now or self._now()
        if not changes and not self._told.copy().due(now):
            return []
        try:
            with self._database.writing() as session:
                sinks = [outbox.sink for outbox in self._outboxes]
                intervals = Intervals(
                    session,
                    dict(self._sightings),
                    self._absence,
                    sinks,
                    self._unknowns,
                    self._recorded,
                    self._told.copy(),
                )
                for change in changes:
                    change(intervals)
                intervals.tell_of_ended(now)
                noted = intervals.noted()
        except TEMPORARY as error:
            clock = time.monotonic()
            self._failing = clock if self._failing is None else self._failing
            self._failure = error if clock - self._failing >= self._patience else None
        except DatabaseError as error:
            self._failure = error
        except Exception as error:  # a mistake of ours must not end the thread without a word
            self._failure = DatabaseError(f"Sightings cannot be stored ({error!r}): please report this as a bug.")
        else:
            self._sightings = intervals.sightings
            self._recorded = frozenset(intervals.recorded)
            self._unknowns, self._told = intervals.unknowns, intervals.told
            self._failing, self._failure = None, None
            with self._adding:
                del self._pending[: len(changes)]
            self._snapshots += intervals.snapshots.values()
            for outbox in self._outboxes:
                outbox.news.set()
            return noted
        return []

    def _write_snapshots(self) -> None:
        """Write the pictures of what is stored by now; while the database is locked, they wait."""
        while self._snapshots:
            try:
                with self._database.writing() as session:
                    while self._snapshots:
                        write_snapshot(session, *self._snapshots[0])
                        del self._snapshots[0]
            except TEMPORARY:
                return
            except Exception as error:
                self._objection = error
                del self._snapshots[:1]

    def _tell(self, noted: Iterable[tuple[Event, Tell]]) -> None:
        try:
            for event, tell in noted:
                tell(event)
        except Exception as error:
            self._objection = error


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at

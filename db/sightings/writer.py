"""Sightings into the database, by a thread of their own, so that nobody who reports them waits for the disk."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from db.bridge import progress
from db.bridge.backlog import Backlog
from db.bridge.bridge import Batch, Bridge
from db.database import Database
from db.errors import TEMPORARY, DatabaseError
from db.events.audience import NOBODY, Audience
from db.records import Event, NewSnapshot, Tell
from db.schema.tables import utc_now
from db.sightings.batches import BatchWriter, Written
from db.sightings.patience import Patience
from db.sightings.reports import Report, Reporter
from db.sightings.snapshots import forget_missing, write_snapshot
from db.text.wording import how_many

log = logging.getLogger(__name__)

LAST = datetime.max.replace(tzinfo=UTC)
PAUSE = 0.1  # seconds between tries at the end


class SightingWriter(Reporter):
    """Takes down who is seen, in batches, within a `with` block.

    A sighting is always stored as the interval known so far, so that a crash leaves nothing open and loses at most
    the last `interval` seconds. The same person on the same camera again within `absence` is the same sighting,
    whichever track it is and also after a new start.

    Reports that cannot be stored are kept and tried again: in memory, or in a bridge, where they outlive this process.
    What a run that was killed has left by halves is put right at the start.

    Args:
        absence: seconds after which a person who comes back is a new sighting.
        interval: seconds between batches.
        patience: seconds for which the database, or with a bridge its file, may be locked, full or away.
        audience: who is told of events. Who is told at once whoever notes one says; this one only of the end of visits
            where nothing was noted yet.
        now: the clock, which tells when a visit has ended, and when whoever reports it saw somebody.
        bridge: where reports wait for a server that is away, however long. One that another run has left is stored.

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
        audience: Audience = NOBODY,
        now: Callable[[], datetime] = utc_now,
        bridge: Bridge | None = None,
    ) -> None:
        super().__init__(audience.telling, now)
        self._database = database
        self._interval = interval
        self._patience = Patience(patience)
        self._bridge = bridge
        self._batches = BatchWriter(database, timedelta(seconds=absence), audience, now, bridge)
        self._pending: list[Report] = []
        self._backlog = Backlog(bridge)
        self._is_away = False
        self._adding = threading.Lock()
        self._objection: Exception | None = None
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sighting-writer", daemon=True)

    def __enter__(self) -> Self:
        if not self._batches.goes_on:  # else pictures may still wait to be written
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
        self._patience.begin_anew()
        self._flush()
        while self._in_memory and self._patience.failure is None:
            time.sleep(PAUSE)
            self._flush()
        if self._patience.failure is None and not self._backlog.is_bridged and not self.telling.shared:
            self._flush(LAST)  # nobody watches any longer: all visits have ended
        self._leave_bridge()
        failure = self._patience.failure
        if failure is not None and self._in_memory:
            lost = f"Of who was seen the last {how_many(self._in_memory, 'report')} got lost: {failure}"
            raise DatabaseError(lost) from failure
        for problem in (failure, self._objection):
            if problem not in (None, error):
                raise problem

    def _take(self, report: Report) -> None:
        with self._adding:
            problem = self._patience.failure or self._objection
            if problem is not None:
                raise problem
            self._pending.append(report)
        if report.method == "note":  # it is told at once
            self._due.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._due.wait(self._interval)
            self._due.clear()
            self._flush()

    # In the thread, and after its end

    def _flush(self, now: datetime | None = None) -> None:
        """Store what is pending, and tell of it; of the visits, too, that have ended by now."""
        now = now or self.now()
        self._gather(now)
        if self._backlog.is_bridged:  # what comes later waits behind
            self._to_bridge()
        try:
            while batches := self._backlog.first():
                written = self._store(batches, now)
                self._write_snapshots(written.snapshots)  # whoever is told of one finds it
                self._tell(written.noted)
                self._backlog.drop(written.batch)
        except DatabaseError as error:
            self._put_off(error)
        except Exception as error:  # a mistake of ours must not end the thread without a word
            self._patience.fail(DatabaseError(f"Sightings cannot be stored ({error!r}): please report this as a bug."))
        else:
            self._say_if_back()

    def _gather(self, now: datetime) -> None:
        """Make what is pending a batch; one without reports where visits have ended."""
        with self._adding:
            reports = self._pending
            self._pending = []
        if reports or self._batches.may_have_ended(now, self._is_away):
            self._backlog.add(reports)

    def _store(self, batches: Sequence[Batch], now: datetime) -> Written:
        ended_by = now if batches[-1].number == self._backlog.newest else None
        written = self._batches.write(batches, ended_by, is_late=self._backlog.is_bridged)
        self._patience.begin_anew()
        return written

    def _put_off(self, error: DatabaseError) -> None:
        """The database does not take what waits: let it wait on disk, or else in memory for a while."""
        if not self._to_bridge():
            return
        if not (self._backlog.is_bridged and isinstance(error, TEMPORARY)):
            self._patience.fail(error)
        elif not self._is_away:
            self._is_away = True
            log.warning("%s Until then, who is seen is kept on this machine.", error)

    def _to_bridge(self) -> bool:
        """Let what is in memory wait on disk; whether it could be done."""
        try:
            self._backlog.bridge()
        except DatabaseError as error:
            self._patience.fail(error)
            return False
        return True

    def _say_if_back(self) -> None:
        if self._is_away:
            self._is_away = False
            log.warning("The database %s is back: what has waited for it is stored.", self._database.place)

    def _leave_bridge(self) -> None:
        """Leave what waits to the next start; where nothing does, nobody will ask how far this run has come."""
        if self._bridge is None:
            return
        with suppress(DatabaseError):  # it was told before
            if waiting := len(self._bridge):
                reports = how_many(waiting, "report")
                log.warning("%s of who was seen left in %s for the next start.", reports, self._bridge.file)
            elif not self._in_memory:
                with self._database.writing() as session:
                    progress.forget(session, self._bridge.key)
        self._bridge.close()

    @property
    def _in_memory(self) -> int:
        """How many reports would be lost with this process."""
        return len(self._pending) + self._backlog.in_memory

    def _write_snapshots(self, snapshots: Sequence[tuple[int, NewSnapshot]]) -> None:
        """Write the pictures of what is stored by now; while the database cannot be asked, they are pending again."""
        left = list(snapshots)
        while left:
            try:
                self._write_all(left)
            except TEMPORARY:
                with self._adding:
                    self._pending += [Report("illustrate", None, each) for each in left]
                return
            except Exception as error:
                self._objection = error
                del left[:1]

    def _write_all(self, left: list[tuple[int, NewSnapshot]]) -> None:
        """Write pictures one after the other; each goes from the list once it is written."""
        with self._database.writing() as session:
            while left:
                write_snapshot(session, *left[0])
                del left[0]

    def _tell(self, noted: Iterable[tuple[Event, Tell]]) -> None:
        try:
            for event, tell in noted:
                tell(event)
        except Exception as error:
            self._objection = error

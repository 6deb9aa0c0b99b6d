"""Batches of reports into the database, each in one transaction and once, also where nobody said that it was kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy.orm import Session

from db.bridge import progress
from db.bridge.bridge import Batch, Bridge
from db.database import Database
from db.events import held
from db.events.audience import Audience
from db.events.broken_off import BrokenOff
from db.events.telling import Told
from db.records import Event, NewSnapshot, Tell
from db.sightings.course import Course
from db.sightings.intervals import Intervals
from db.sightings.reports import Report
from db.sightings.snapshots import referred_to

LOOK = timedelta(seconds=5)  # after which it is seen whether visits have ended that others have seen, too


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """What one transaction has come to, if it is kept.

    Attributes:
        batch: the number of the last one that is written.
        noted: the events, and who is told of each.
        snapshots: the pictures to write, with the ids of their sightings.
    """

    batch: int
    course: Course
    noted: Sequence[tuple[Event, Tell]] = ()
    snapshots: Sequence[tuple[int, NewSnapshot]] = ()


class BatchWriter:
    """Writes batches as sightings and events.

    Args:
        absence: how long a person may be away and come back within the same sighting.
        audience: who is told of events; what a run that goes on has told so far the database knows.
        now: the clock, which says when recordings are written.
        bridge: where batches may have waited; those that another run has left go on as that run did.

    Raises:
        DatabaseError: from every method, the database cannot be read or written.
    """

    def __init__(
        self,
        database: Database,
        absence: timedelta,
        audience: Audience,
        now: Callable[[], datetime],
        bridge: Bridge | None = None,
    ) -> None:
        self._database = database
        self._absence = absence
        self._wishes = audience.telling
        self._outboxes = audience.outboxes
        self._now = now
        self._bridge = bridge
        goes_on = bridge is not None and bridge.last > 0
        self._course = None if goes_on else Course(told=Told(audience.telling, teller=audience.tell))
        self._attempt: Written | None = None  # of which it is not known whether it was kept
        self._looked: datetime | None = None  # whether visits have ended that are shared
        self._broken_off = BrokenOff() if bridge is None and not audience.telling.shared else None

    @property
    def goes_on(self) -> bool:
        """Whether it goes on with what another run has left."""
        return self._course is None

    def may_have_ended(self, now: datetime, is_away: bool) -> bool:
        """Whether a visit may have ended by now, or a run was killed; one that is shared the database alone knows.

        Args:
            is_away: whether the database cannot be asked.
        """
        if self._course is None:
            return False
        if self._broken_off is not None and self._broken_off.is_due(now):
            return True
        if not (self._wishes.shared and self._wishes.by_visit):
            return bool(self._course.told.copy().due(now))
        is_time = self._looked is None or now - self._looked >= LOOK
        if is_time:
            self._looked = now
        return is_time and not is_away

    def write(self, batches: Sequence[Batch], ended_by: datetime | None, is_late: bool) -> Written:
        """Write batches, if they are not written yet.

        Args:
            ended_by: the moment by which visits have ended after these batches; None where newer ones wait.
            is_late: see `Intervals`.
        """
        now = self._now()
        with self._database.writing() as session:
            written = self._written(session, batches, ended_by, is_late, now)
            self._attempt = written
        self._attempt = None
        self._course = written.course
        if self._broken_off is not None and self._broken_off.is_due(now):
            self._broken_off.looked(now)
        for outbox in self._outboxes:
            outbox.news.set()
        return written

    def _written(
        self, session: Session, batches: Sequence[Batch], ended_by: datetime | None, is_late: bool, now: datetime
    ) -> Written:
        """Write those batches that the database does not have yet."""
        known = 0 if self._bridge is None else progress.written(session, self._bridge.key)
        if self._attempt is not None and self._attempt.batch <= known:  # it was kept, though nobody said so
            return self._attempt
        course = self._course_in(session)
        before = _reports(batch for batch in batches if batch.number <= known)
        lacking = referred_to(session, (picture for report in before for picture in report.pictures))
        new = [batch for batch in batches if batch.number > known]
        if not new:
            return Written(known, course, snapshots=lacking)
        intervals = self._store(session, course, _reports(new), ended_by, is_late, now)
        last = new[-1].number
        if self._bridge is not None:
            progress.note(session, self._bridge.key, last, course, now)
        return Written(last, course, intervals.events.noted(), [*lacking, *intervals.pictures.new.values()])

    def _store(
        self,
        session: Session,
        course: Course,
        reports: Iterable[Report],
        ended_by: datetime | None,
        is_late: bool,
        now: datetime,
    ) -> Intervals:
        """Make sightings and events of reports, and tell of the visits that have ended.

        Runs that share nothing but a file keep there which ends they hold: one that another has told meanwhile is held
        no more, and those of a run that was killed are taken over.
        """
        if self._broken_off is not None and course.told.held:
            course.told.hold_only(held.kept(session))
        held_before = course.told.held
        intervals = self._apply(session, course, reports, is_late)
        if self._broken_off is not None and self._broken_off.is_due(now):
            intervals.events.note_broken_off(now, {one.row for one in course.sightings.values()})
            held_before |= course.told.held  # with what it has taken over
        if ended_by is not None:
            intervals.events.tell_of_ended(ended_by)
        if self._broken_off is not None:
            held.keep(session, held_before, course.told.held)
        return intervals

    def _apply(self, session: Session, course: Course, reports: Iterable[Report], is_late: bool) -> Intervals:
        sinks = [outbox.sink for outbox in self._outboxes]
        intervals = Intervals(session, course, self._absence, self._now(), sinks, is_late=is_late)
        for report in reports:
            report.apply(intervals)
        intervals.uniting.close_gaps()
        return intervals

    def _course_in(self, session: Session) -> Course:
        """How it goes on; where another run has left something, the database knows."""
        if self._course is not None:
            return self._course.copy()
        assert self._bridge is not None
        return progress.course_of(session, self._bridge.key, self._wishes)


def _reports(batches: Iterable[Batch]) -> Iterator[Report]:
    return chain.from_iterable(batch.reports for batch in batches)

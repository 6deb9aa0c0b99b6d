"""Reports that are taken down say the same later as they would have at once."""

import pickle
from datetime import timedelta

from db import Database, Event, SightingWriter
from db.sightings.course import Course
from db.sightings.intervals import Intervals
from db.sightings.reports import Reporter, Reports
from tests.people import at, enrol, untold


def two_people(reporter: Reporter, ada: int) -> None:
    """A stranger, and Ada, who is seen on two tracks."""
    stranger, first = reporter.open("door", at(0)), reporter.open("door", at(1))
    for second in range(2, 6):
        reporter.extend(stranger, at(second))
        reporter.extend(first, at(second), 0.1 * second)
    reporter.name(first, ada, 0.6)
    reporter.note(Event(at(5), "door", "named", 2, None, "Ada", 0.6), first, untold)
    reporter.extend(first, at(6), 0.4)
    reporter.close(first, at(6))
    second_track = reporter.open("door", at(8))
    reporter.extend(second_track, at(9), 0.9)
    reporter.name(second_track, ada, 0.7)
    reporter.close(second_track, at(10))
    reporter.close(stranger, at(11))


def played(database: Database, reports: Reports) -> None:
    with database.writing() as session:
        intervals = Intervals(session, Course(), timedelta(seconds=10), at(0))
        for report in reports.taken:
            report.left_to(lambda *_: None, untold).apply(intervals)


def test_what_is_written_later_is_what_would_have_been_written() -> None:
    told = []
    for write in (_at_once, _later):
        with Database.open("sqlite://") as database:
            write(database, enrol(database, "Ada")[0])
            told.append((database.sightings(), database.events()))
    assert told[0] == told[1]
    assert [sighting.person for sighting in told[0][0]] == [None, "Ada"]


def _at_once(database: Database, ada: int) -> None:
    with SightingWriter(database) as writer:
        two_people(writer, ada)


def _later(database: Database, ada: int) -> None:
    reports = Reports()
    two_people(reports, ada)
    played(database, reports)


def test_a_stay_costs_one_report_while_nothing_else_happens() -> None:
    reports = Reports()
    key = reports.open("door", at(0))
    for second in range(1, 1000):
        reports.t = float(second)
        reports.extend(key, at(second), 0.5 if second == 7 else None)
    assert [(one.t, one.method, one.given) for one in reports.taken[1:]] == [(999.0, "extend", (at(999), 0.5))]


def test_reports_are_the_same_after_a_journey_to_another_process() -> None:
    reports = Reports()
    two_people(reports, 1)
    arrived = pickle.loads(pickle.dumps(reports.taken))
    assert [(one.method, one.key, one.given) for one in arrived] == [
        (one.method, one.key, one.given) for one in reports.taken
    ]

"""How far a run's reports are written, kept on the server with what was written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.events.telling import Held, Telling, Told
from db.records import untold
from db.schema.writers import WriterRow
from db.sightings.course import Course, OpenInterval


def begin(session: Session, run: str, telling: Telling, now: datetime) -> None:
    """A run begins with this database."""
    note(session, run, 0, Course(told=Told(telling)), now)


def written(session: Session, run: str) -> int:
    """The number of the last batch of a run that is written; 0 where none is."""
    row = session.get(WriterRow, run)
    return 0 if row is None else row.batch


def note(session: Session, run: str, batch: int, course: Course, now: datetime) -> None:
    """Keep that a run's batches up to this one are written, and how it goes on."""
    session.merge(WriterRow(key=run, batch=batch, course=_as_json(course), touched=now))


def course_of(session: Session, run: str, telling: Telling) -> Course:
    """How a run that was broken off went on after its last batch.

    Raises:
        DatabaseError: it did not begin with this database, or so long ago that all would be erased for its age.
    """
    row = session.get(WriterRow, run)
    if row is None:
        raise DatabaseError("It is of another database, or too old to be kept: move that file away.")
    return _from_json(row.course, telling)


def forget(session: Session, run: str) -> None:
    """A run has ended, and nothing of it waits."""
    session.execute(delete(WriterRow).where(WriterRow.key == run))


def _as_json(course: Course) -> dict[str, Any]:
    told = course.told
    return {
        "sightings": [
            [key, one.row, one.camera, one.seen.isoformat(), one.recorded] for key, one in course.sightings.items()
        ],
        "recorded": sorted(course.recorded),
        "tracks": list(told.tracks),
        "people": [[*track, person] for track, person in told.people.items()],
        "visitors": [
            [person, None if held is None else [held.event, held.time.isoformat()]]
            for person, held in told.visitors.items()
        ],
        "last": [[person, moment.isoformat()] for person, moment in told.last.items()],
    }


def _from_json(kept: Mapping[str, Any], telling: Telling) -> Course:
    """Who was told of an event is not there any more; those for whom it waits in the database are."""
    told = Told(
        telling,
        {(camera, track) for camera, track in kept["tracks"]},
        {(camera, track): person for camera, track, person in kept["people"]},
        {
            person: None if held is None else Held(held[0], datetime.fromisoformat(held[1]), untold)
            for person, held in kept["visitors"]
        },
        {person: datetime.fromisoformat(moment) for person, moment in kept["last"]},
    )
    sightings = {
        key: OpenInterval(row, camera, datetime.fromisoformat(seen), recorded)
        for key, row, camera, seen, recorded in kept["sightings"]
    }
    return Course(sightings, set(kept["recorded"]), told=told)

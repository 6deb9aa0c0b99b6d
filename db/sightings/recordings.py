"""Recordings that are watched piece by piece: how far each is, and who is seen in it, written once however often."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.database import Database
from db.errors import DatabaseError
from db.records import untold
from db.schema.archive import RecordingRow
from db.schema.tables import SightingRow
from db.sightings.course import Course, OpenInterval
from db.sightings.intervals import Intervals
from db.sightings.reports import Report
from db.sightings.snapshots import erase_snapshots, forget_missing, write_snapshot
from db.unknowns.records import Faces, Place

ABSENCE = timedelta(seconds=10)  # as of `SightingWriter`


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, by what tells it from all others.

    Attributes:
        place: the file, or the folders of a recorder that hold a camera's.
        began: the moment of its first picture.
        content: tells whether the file is another by now; empty where it only grows.
    """

    place: str
    camera: str
    began: datetime
    content: str = ""


@dataclass(frozen=True, slots=True)
class Ongoing:
    """Somebody who is still there where a piece ends.

    Attributes:
        row: the sighting's id.
        track: the number in events and evidence.
        began, seen: when the sighting began, and was last reported.
        person: who it is, by id; None for a stranger.
    """

    row: int
    track: int
    began: datetime
    seen: datetime
    person: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is.

    Attributes:
        made: a digest of what it was watched with.
        watched: seconds from its beginning that are written.
        ended: whether there is no more of it.
        tracks: numbered so far.
        staying: who is there at the end of what is written, by the keys that they have in the next piece's reports.
    """

    recording: Recording
    made: str
    watched: float = 0.0
    ended: bool = False
    tracks: int = 0
    staying: Mapping[int, Ongoing] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What is to be written of a piece of a recording.

    Attributes:
        begins, ends: seconds from the recording's beginning.
        reports: in order; a key that `Progress.staying` has goes on with that sighting.
        staying: the keys of those who are there at the end, by the keys that they have in the next piece's reports.
        last: whether the recording ends with it.
    """

    begins: float
    ends: float
    reports: Sequence[Report]
    staying: Mapping[int, int]
    last: bool


class Recordings:
    """The recordings of a database. What a run that was killed has left by halves is put right at the start.

    Args:
        place: says which stranger a stay is of; see `Intervals.keep`.
    """

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place
        self._unknowns: Faces | None = None
        with suppress(DatabaseError):  # it is tried again at the next start
            forget_missing(database)

    def latest(self, place: str) -> Progress | None:
        """The latest recording that was written of a place; None where none was."""
        with self._database.reading() as session:
            row = _latest(session, place)
            return None if row is None else _progress(row, place)

    def forget(self, place: str) -> None:
        """Erase what was seen in the recordings of a place, as if they had never been watched.

        Raises:
            DatabaseError: a snapshot cannot be deleted.
        """
        with self._database.writing() as session:
            ids = session.scalars(select(RecordingRow.id).where(RecordingRow.place == place)).all()
            its = SightingRow.recording_id.in_(ids)
            erase_snapshots(session, session.scalars(select(SightingRow.snapshot).where(its)).all())
            session.execute(delete(SightingRow).where(its))
            session.execute(delete(RecordingRow).where(RecordingRow.id.in_(ids)))

    def write(self, before: Progress, piece: Piece) -> Progress:
        """Write who is seen in a piece, and that it is written, in one transaction; one that is written stays so.

        Args:
            before: how far the recording is, or that of a new one.

        Returns:
            How far it is then.
        """
        with self._database.writing() as session:
            row = _find(session, before.recording) or _begin(session, before)
            if row.watched != piece.begins or row.ended:
                return _progress(row, before.recording.place)
            staying = before.staying or {}
            sightings = {key: OpenInterval(one.row, row.camera, one.seen, True) for key, one in staying.items()}
            course = Course(sightings, unknowns=self._unknowns)
            intervals = Intervals(session, course, ABSENCE, self._database.clock.now(), recording=row.id)
            tracks = {key: one.track for key, one in staying.items()}
            self._apply(piece.reports, intervals, row, tracks)
            row.watched = piece.ends
            row.ended = piece.last
            row.staying = [
                {"key": later, **_as_json(_ongoing(session, course.sightings[key], tracks[key]))}
                for later, key in piece.staying.items()
                if key in course.sightings
            ]
            session.flush()
            written = _progress(row, before.recording.place)
        self._unknowns = course.unknowns
        for sighting, snapshot in intervals.pictures.new.values():
            with self._database.writing() as session:
                write_snapshot(session, sighting, snapshot)
        return written

    def _apply(
        self, reports: Sequence[Report], intervals: Intervals, row: RecordingRow, tracks: dict[int, int]
    ) -> None:
        """Write reports; nobody is told of what was long ago.

        Args:
            row: of the recording, whose tracks are counted on.
            tracks: their numbers in the recording, by the reports' keys; new ones are added.
        """
        for report in reports:
            if report.method == "open" and report.key is not None:
                row.tracks += 1
                tracks[report.key] = row.tracks
            _renumbered(report, tracks).left_to(self._place, untold).apply(intervals)


def _renumbered(report: Report, tracks: Mapping[int, int]) -> Report:
    """With the number of the track in this recording, by the report's key, in place of that in the piece."""
    track = tracks.get(report.key or 0)
    if report.method == "note":
        (event,) = report.given
        return report if event.track is None else replace(report, given=(replace(event, track=track),))
    if report.method == "explain":
        looks, appearance = report.given
        return replace(report, given=([replace(look, track=track) for look in looks], appearance))
    return report


def _find(session: Session, recording: Recording) -> RecordingRow | None:
    its = RecordingRow.place == recording.place, RecordingRow.began == recording.began
    return session.scalars(select(RecordingRow).where(*its)).first()


def _latest(session: Session, place: str) -> RecordingRow | None:
    query = select(RecordingRow).where(RecordingRow.place == place).order_by(RecordingRow.began.desc())
    return session.scalars(query.limit(1)).first()


def _begin(session: Session, progress: Progress) -> RecordingRow:
    its = asdict(progress.recording)
    row = RecordingRow(**its, made=progress.made, watched=0.0, ended=False, tracks=0, staying=[])
    session.add(row)
    session.flush()
    return row


def _progress(row: RecordingRow, place: str) -> Progress:
    staying = {one["key"]: _from_json(one) for one in row.staying}
    recording = Recording(place, row.camera, row.began, row.content)
    return Progress(recording, row.made, row.watched, row.ended, row.tracks, staying)


def _ongoing(session: Session, sighting: OpenInterval, track: int) -> Ongoing:
    row = session.get(SightingRow, sighting.row)
    person, began = (None, sighting.seen) if row is None else (row.person_id, row.first_seen)
    return Ongoing(sighting.row, track, began, sighting.seen, person)


def _as_json(ongoing: Ongoing) -> dict[str, Any]:
    return {**asdict(ongoing), "began": ongoing.began.isoformat(), "seen": ongoing.seen.isoformat()}


def _from_json(kept: Mapping[str, Any]) -> Ongoing:
    began, seen = (datetime.fromisoformat(kept[name]) for name in ("began", "seen"))
    return Ongoing(kept["row"], kept["track"], began, seen, kept["person"])

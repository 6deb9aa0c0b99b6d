"""A recording is written piece by piece, each once, and its people go on from one to the next."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from db import Database
from db.sightings.recordings import Piece, Progress, Recording, Recordings
from db.sightings.reports import Reports
from tests.people import at, enrol, picture

FILM = Recording("/films/door.mp4", "door", at(0), "1-2")
NEW = Progress(FILM, made="x")


def piece(begins: float, report: Callable[[Reports], object], last: bool = False, **staying: int) -> Piece:
    """Ten seconds of it; `staying` are keys of this piece by those of the next, as `_1=2`."""
    reports = Reports()
    report(reports)
    on = {int(later[1:]): key for later, key in staying.items()}
    return Piece(begins, begins + 10, reports.taken, on, last)


@pytest.fixture
def recordings(fresh_db: Database) -> Recordings:
    return Recordings(fresh_db, lambda _faces, _embedding: None)


def arrives(reports: Reports) -> None:
    key = reports.open("door", at(1), recorded=True)
    reports.extend(key, at(9))


def leaves(reports: Reports) -> None:
    reports.extend(1, at(12))
    reports.close(1, at(13))


def told(database: Database) -> list[tuple[str | None, float, float]]:
    return [
        (one.person, (one.first_seen - at(0)).total_seconds(), (one.last_seen - at(0)).total_seconds())
        for one in database.sightings()
    ]


def test_whoever_stays_goes_on_in_the_next_piece(recordings: Recordings, fresh_db: Database) -> None:
    after = recordings.write(NEW, piece(0, arrives, _1=1))
    assert (after.watched, after.ended, after.tracks) == (10, False, 1)
    done = recordings.write(after, piece(10, leaves, last=True))
    assert (done.watched, done.ended, done.staying) == (20, True, {})
    assert told(fresh_db) == [(None, 1, 13)]


def test_a_piece_that_is_written_again_changes_nothing(recordings: Recordings, fresh_db: Database) -> None:
    first, second = piece(0, arrives, _1=1), piece(10, leaves, last=True)
    after = recordings.write(NEW, first)
    assert recordings.write(NEW, first) == after
    recordings.write(after, second)
    recordings.write(after, second)
    assert told(fresh_db) == [(None, 1, 13)]


def test_what_is_known_of_it_outlives_the_program(recordings: Recordings, fresh_db: Database) -> None:
    after = recordings.write(NEW, piece(0, arrives, _7=1))
    assert Recordings(fresh_db, lambda *_: None).latest(FILM.place) == after
    assert recordings.latest("/films/garden.mp4") is None


def test_its_people_unite_among_themselves_alone(recordings: Recordings, fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")

    def ada_comes(reports: Reports) -> None:
        key = reports.open("door", at(2), recorded=True)
        reports.name(key, ada, 0.6)
        reports.close(key, at(4))

    recordings.write(recordings.write(NEW, piece(0, ada_comes)), piece(10, ada_comes, last=True))
    recordings.write(Progress(replace(FILM, place="/films/copy.mp4"), "x"), piece(0, ada_comes, last=True))
    assert told(fresh_db) == [("Ada", 2, 4), ("Ada", 2, 4)]


def test_a_recording_is_forgotten_with_its_snapshots(
    recordings: Recordings, fresh_db: Database, tmp_path: Path
) -> None:
    (ada,) = enrol(fresh_db, "Ada")

    def with_picture(reports: Reports) -> None:
        key = reports.open("door", at(1), recorded=True)
        reports.name(key, ada, 0.6, picture(tmp_path / "ada.jpg"))
        reports.close(key, at(4))

    recordings.write(NEW, piece(0, with_picture, last=True))
    assert (tmp_path / "ada.jpg").exists()
    recordings.forget(FILM.place)
    assert not (tmp_path / "ada.jpg").exists()
    assert (fresh_db.sightings(), recordings.latest(FILM.place)) == ([], None)

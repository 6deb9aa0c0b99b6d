"""Pictures and the sightings that refer to them, after a run that was killed."""

from pathlib import Path

import pytest

from db import Database, SightingWriter
from tests.people import at, enrol, picture


@pytest.fixture
def seen(fresh_db: Database, tmp_path: Path) -> Database:
    """A sighting a minute, each with its picture."""
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        for number in range(3):
            key = writer.open("door", at(60 * number))
            writer.name(key, ada, 0.8, picture(tmp_path / "shots" / f"{number}.jpg"))
    return fresh_db


@pytest.fixture(autouse=True)
def shots(tmp_path: Path) -> Path:
    folder = tmp_path / "shots"
    folder.mkdir()
    return folder


def start(database: Database) -> list[str | None]:
    """The names of the pictures that sightings refer to after the next start."""
    with SightingWriter(database):
        return [one.snapshot and Path(one.snapshot).name for one in database.sightings()]


def test_what_was_killed_before_a_picture_was_written_refers_to_none(seen: Database, shots: Path) -> None:
    (shots / "2.jpg").rename(shots / "2.jpg.part")
    assert start(seen) == ["0.jpg", "1.jpg", None]
    assert sorted(file.name for file in shots.iterdir()) == ["0.jpg", "1.jpg"]


def test_the_only_picture_may_be_the_one_that_was_never_written(seen: Database, shots: Path) -> None:
    with seen.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM sighting WHERE id > 1")
    (shots / "0.jpg").unlink()
    assert start(seen) == [None]


def test_a_folder_that_may_be_away_is_waited_for(seen: Database, shots: Path) -> None:
    shots.rename(shots.with_name("away"))
    assert start(seen) == ["0.jpg", "1.jpg", "2.jpg"]

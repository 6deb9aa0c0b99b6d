"""Pictures of sightings: none is kept that no sighting knows."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy.orm import Session

from db import Database, NewSnapshot, SightingWriter, prune
from db.sightings.snapshots import write_snapshot
from tests.db.sightings.waiting import locked
from tests.people import at, enrol, picture
from tests.waiting import wait_for


@pytest.mark.parametrize("named_before", [False, True])
def test_no_picture_of_the_erased_is_kept(fresh_db: Database, tmp_path: Path, named_before: bool) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    path = tmp_path / "ada.jpg"
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        if named_before:
            writer.name(key, ada, 0.5)
        wait_for(lambda: fresh_db.sightings(name="Ada" if named_before else None))
        fresh_db.remove("Ada")
        writer.name(key, ada, 0.5, picture(path))
    assert [sighting.snapshot for sighting in fresh_db.sightings()] == ([] if named_before else [None])
    assert not path.exists()


def test_no_picture_is_kept_that_no_sighting_refers_to(fresh_db: Database, tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        wait_for(fresh_db.sightings)
        prune(fresh_db, at(1), days=0)
        writer.name(key, None, snapshot=picture(path))
    assert not path.exists()


def test_snapshot_is_the_latest_and_the_one_it_replaces_is_deleted(fresh_db: Database, tmp_path: Path) -> None:
    first, second = tmp_path / "1.jpg", tmp_path / "2.jpg"
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        for path in (first, second):
            writer.name(key, None, snapshot=picture(path))
            wait_for(path.exists)
    assert [sighting.snapshot for sighting in fresh_db.sightings()] == [str(second)]
    assert [file.name for file in tmp_path.iterdir()] == ["2.jpg"]


def test_united_sightings_keep_the_snapshot_of_the_best(fresh_db: Database, tmp_path: Path) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        for name, similarity in (("1.jpg", 0.5), ("2.jpg", 0.75)):
            writer.name(writer.open("door", at(0)), ada, similarity, picture(tmp_path / name))
        writer.name(writer.open("door", at(0)), ada, 0.9)
    assert [sighting.snapshot for sighting in fresh_db.sightings()] == [str(tmp_path / "2.jpg")]
    assert [file.name for file in tmp_path.iterdir()] == ["2.jpg"]


ROW_FIRST = """
import os, sys
from pathlib import Path
from db import Database, SightingWriter
from tests.people import at, picture

class Killed(SightingWriter):
    def _write_snapshots(self, _snapshots):
        os._exit(9)

with Killed(Database.open(sys.argv[1])) as writer:
    writer.name(writer.open("door", at(0)), None, snapshot=picture(Path(sys.argv[2])))
"""


def test_no_interruption_leaves_a_picture_that_the_database_does_not_know(tmp_path: Path) -> None:
    place, path = tmp_path / "people.db", tmp_path / "1.jpg"
    killed = subprocess.run([sys.executable, "-c", ROW_FIRST, place, path], cwd=Path(__file__).parents[3])
    assert killed.returncode == 9
    with Database.open(place) as database:
        assert [sighting.snapshot for sighting in database.sightings()] == [str(path)]
    assert not path.exists()


def test_an_erasure_takes_the_half_of_a_picture_that_an_interruption_has_left(
    fresh_db: Database, tmp_path: Path
) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        writer.name(writer.open("door", at(0)), ada, 0.5, picture(tmp_path / "1.jpg"))
    (tmp_path / "1.jpg").rename(tmp_path / "1.jpg.part")
    fresh_db.remove("Ada")
    assert list(tmp_path.iterdir()) == []


def test_nobody_who_was_erased_is_photographed_between_row_and_file(
    fresh_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ada,) = enrol(fresh_db, "Ada")

    def erase_first(session: Session, sighting: int, snapshot: NewSnapshot) -> None:
        session.connection().exec_driver_sql("DELETE FROM person")
        write_snapshot(session, sighting, snapshot)

    monkeypatch.setattr("db.sightings.writer.write_snapshot", erase_first)
    with SightingWriter(fresh_db, interval=1000) as writer:
        writer.name(writer.open("door", at(0)), ada, 0.5, picture(tmp_path / "1.jpg"))
    assert list(tmp_path.iterdir()) == []


def test_a_picture_waits_for_a_locked_database(filed: Database, tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    with SightingWriter(filed, interval=1000) as writer:
        writer.name(writer.open("door", at(0)), None, snapshot=picture(path))
        with patch.object(writer, "_write_snapshots") as write:
            writer._flush()
        with locked(filed):
            writer._write_snapshots(*write.call_args.args)
            assert not path.exists()
    assert path.exists()

"""Export: all of a person as files, whole or not at all."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import update

from db import Database, DatabaseError, SightingWriter, UnknownPersonError
from db.schema.tables import SampleRow, SightingRow
from tests.people import DIGEST, at, enrol, new_sample


@pytest.fixture
def known(fresh_db: Database) -> Database:
    ada = fresh_db.add_samples("Ada / née Byron", [new_sample(1, crop=b"one"), new_sample(2, crop=b"two")])
    (bob,) = enrol(fresh_db, "Bob")
    with SightingWriter(fresh_db) as writer:
        for person in (ada.id, bob):
            writer.name(writer.open("door", at(0)), person, 0.5)
    return fresh_db


def test_exports_crops_samples_and_sightings(known: Database, tmp_path: Path) -> None:
    folder = known.export("ada / NÉE byron", tmp_path / "out")
    assert folder == tmp_path / "out" / "Ada _ née Byron-1"
    assert {file.name: file.read_bytes() for file in folder.glob("*.jpg")} == {"1.jpg": b"one", "2.jpg": b"two"}
    told = json.loads((folder / "person.json").read_text(encoding="utf-8"))
    assert told["name"] == "Ada / née Byron"
    assert [(sample["picture"], sample["source"]) for sample in told["samples"]] == [
        ("1.jpg", "1.jpg"),
        ("2.jpg", "2.jpg"),
    ]
    assert told["samples"][0]["embedder"] == DIGEST
    assert [(each["person"], each["first_seen"]) for each in told["sightings"]] == [
        ("Ada / née Byron", "2026-01-01T00:00:00.000+00:00")
    ]


def test_an_export_leaves_nothing_beside_its_folder(known: Database, tmp_path: Path) -> None:
    folder = known.export("Bob", tmp_path)
    assert list(tmp_path.iterdir()) == [folder]


def test_an_export_does_not_overwrite_an_earlier_one(known: Database, tmp_path: Path) -> None:
    known.export("Bob", tmp_path)
    with pytest.raises(DatabaseError, match="exists already"):
        known.export("Bob", tmp_path)


def test_says_when_the_folder_cannot_be_made(known: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match=r"Bob cannot be exported .* choose a folder"):
        known.export("Bob", tmp_path / "file")


def test_says_when_the_folder_has_too_long_a_name(known: Database, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"Bob cannot be exported .* choose a folder"):
        known.export("Bob", tmp_path / ("long" * 100))


def test_an_export_that_fails_leaves_nothing(known: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.people.export.json.dumps", full_disk)
    with pytest.raises(DatabaseError, match="No space left on device"):
        known.export("Bob", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_somebody_seen_more_often_than_a_statement_carries_values_is_exported(known: Database, tmp_path: Path) -> None:
    with known.writing() as session:
        session.add_all(SightingRow(camera="door", person_id=2, first_seen=at(n), last_seen=at(n)) for n in range(100))
    with known.reading() as session:
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 50)
    told = json.loads((known.export("Bob", tmp_path) / "person.json").read_text(encoding="utf-8"))
    assert len(told["sightings"]) == 101


def test_nor_does_one_of_a_damaged_picture(known: Database, tmp_path: Path) -> None:
    with known.writing() as session:
        session.execute(update(SampleRow).values(embedding=b"half of one"))
    with pytest.raises(DatabaseError, match="is damaged"):
        known.export("Bob", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_person_is_not_exported(known: Database, tmp_path: Path) -> None:
    with pytest.raises(UnknownPersonError, match="did you mean Bob"):
        known.export("Bobb", tmp_path)

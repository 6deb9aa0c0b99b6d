"""Databases that are none, damaged, locked, or on a full disk."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db import Database, DatabaseDamagedError, DatabaseError, DatabaseLockedError, SightingWriter
from db.errors import DatabaseFullError, explain
from db.renewal import Renewal
from tests.db.schema.refusals import refused
from tests.people import DIGEST, at, embedding, enrol, new_sample


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    place.write_text("Dear diary, today I met Ada. " * 100)
    assert "is not a database: move that file away" in refused(place)
    assert place.read_text().startswith("Dear diary")


def test_a_file_of_nothing_but_zeros_after_its_head_is_damaged(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        for seed in range(20):
            database.add_samples("Ada", [new_sample(seed)])
    whole = place.read_bytes()
    place.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    assert "is damaged (database disk image is malformed): restore a backup" in refused(place)


@pytest.fixture
def spoiled(tmp_path: Path) -> Callable[[str], Database]:
    """Runs a statement of SQL, whatever it does, on a database with Ada and her sighting; gives the database."""
    place = tmp_path / "people.db"

    def spoil(statement: str) -> Database:
        with Database.open(place) as database:
            (ada,) = enrol(database, "Ada")
            with SightingWriter(database) as writer:
                writer.name(writer.open("door", at(0)), ada, 0.5)
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(statement)
        return Database.open(place)

    return spoil


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("INSERT INTO setting VALUES ('calibration', '{no')", lambda database: database.setting("calibration")),
        ("UPDATE person SET created = 'yesterday'", lambda database: database.people()),
        ("UPDATE person SET created = 5", lambda database: database.people()),
        ("UPDATE person SET name = CAST(X'FF' AS TEXT)", lambda database: database.people()),
        ("UPDATE sighting SET last_seen = 'now'", lambda database: database.sightings()),
        ("UPDATE sample SET embedding = 7", lambda database: database.gallery(DIGEST)),
        ("UPDATE sample SET person_id = 7", lambda database: database.gallery(DIGEST)),
        ("DELETE FROM gallery", lambda database: database.generation()),
        ("DROP TABLE sighting", lambda database: database.sightings()),
    ],
)
def test_what_cannot_be_read_is_damaged(
    spoiled: Callable[[str], Database], statement: str, read: Callable[[Database], object]
) -> None:
    with spoiled(statement) as database:
        for look in (read, Database.check):
            with pytest.raises(DatabaseDamagedError, match=r"people\.db is damaged \([^\n]+\): restore a backup"):
                look(database)


@pytest.mark.parametrize("stored", ["X'0102'", "zeroblob(2052)", "zeroblob(4096)", "''"])
def test_an_embedding_of_another_length_is_made_anew_by_reembed(
    spoiled: Callable[[str], Database], stored: str
) -> None:
    with spoiled(f"UPDATE sample SET embedding = {stored}") as database:
        for look in (lambda: database.gallery(DIGEST), database.check):
            with pytest.raises(DatabaseError, match=r"embedding of Ada is damaged: .*doorman reembed"):
                look()
        renewal = Renewal(database, DIGEST)
        (sample,) = renewal.samples()
        renewal.exchange_samples({sample.id: embedding(1)}, {})
        database.check()


def test_a_damaged_setting_can_be_set_anew(spoiled: Callable[[str], Database]) -> None:
    with spoiled("INSERT INTO setting VALUES ('calibration', '{no')") as database:
        database.set_setting("calibration", 1)
        assert database.setting("calibration") == 1


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        for seed in range(20):
            database.add_samples("Ada", [new_sample(seed)])
        database.check()
    whole = bytearray(place.read_bytes())
    middle = whole.index(embedding(10).tobytes()[:64])
    page = middle // 4096 * 4096
    whole[page : page + 8] = bytes(8)  # the page's header
    place.write_bytes(whole)
    with Database.open(place) as database, pytest.raises(DatabaseDamagedError, match="restore a backup"):
        database.check()


def test_a_folder_is_not_opened(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path)


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "folder of the database" in refused(tmp_path / "file" / "people.db")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "cookies.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE cookie (id)")
    assert "belongs to another program" in refused(place)


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database, database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "made by a newer version" in refused(place)


def test_a_database_that_is_locked_for_longer_than_the_timeout_is_told(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database, database.writing() as session:
        session.connection()
        with pytest.raises(DatabaseLockedError, match="locked by another program: wait"):
            Database.open(place, timeout=0.01)


def test_a_full_disk_is_told_and_enrols_nobody_by_halves(tmp_path: Path) -> None:
    with Database.open("sqlite://") as database:
        enrol(database, "Ada")
        with database.reading() as session:
            session.execute(text(f"PRAGMA max_page_count = {session.scalar(text('PRAGMA page_count'))}"))
        with pytest.raises(DatabaseError, match="disk is full: free some space"):
            database.add_samples("Bob", [new_sample(seed) for seed in range(10)])
        assert [person.name for person in database.people()] == ["Ada"]


def test_a_disk_so_full_that_already_the_index_beside_the_file_has_no_room_is_full() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    told = explain(error, "people.db")
    assert isinstance(told, DatabaseFullError)
    assert "disk is full: free some space" in str(told)

"""Copies: consistent while others write, kept before a migration, gone or named when somebody is erased."""

import os
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db import Database, DatabaseError, prune
from db.backup import back_up
from db.schema import copies, migration
from db.schema.tables import Base
from tests.people import at, enrol, new_sample
from tests.stream.sinks.writing import no_room_beyond

OF_0_1_0 = {"person", "sample", "sighting", "event", "setting", "gallery"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A database with Ada."""
    with Database.open(tmp_path / "people.db") as database:
        enrol(database, "Ada")
    return tmp_path / "people.db"


def outdate(place: Path) -> None:
    """Make a database one of 0.1.0."""
    with Database.open(place) as database, database.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in OF_0_1_0:
                table.drop(session.connection())
        for table in ("person", "sample"):
            session.execute(text(f"ALTER TABLE {table} DROP COLUMN aside"))
        session.execute(text("DROP INDEX ix_sighting_written"))
        session.execute(text("DROP INDEX ix_sighting_recording_id"))
        session.execute(text("ALTER TABLE sighting DROP COLUMN recording_id"))
        for table in ("sighting", "event"):
            session.execute(text(f"ALTER TABLE {table} DROP COLUMN written"))
        session.execute(text("UPDATE alembic_version SET version_num = '0002'"))


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def names(place: Path) -> list[str]:
    with Database.open_to_read(place) as database:
        return [person.name for person in database.people()]


def test_a_backup_is_whole_while_somebody_writes(place: Path, tmp_path: Path) -> None:
    def write() -> None:
        with Database.open(place) as database:
            for seed in range(30):
                database.add_samples("Bob", [new_sample(seed)])

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        copies = 0
        while not writing.done() or not copies:
            back_up(place, tmp_path / "copy.db")
            copies += 1
            with Database.open_to_read(tmp_path / "copy.db") as copy:
                copy.check()
        writing.result()
    back_up(place, tmp_path / "copy.db")
    assert mode(tmp_path / "copy.db") == 0o600
    assert names(tmp_path / "copy.db") == ["Ada", "Bob"]
    assert not (tmp_path / "copy.db.part").exists()


def test_what_is_erased_names_the_copies_that_hold_it(place: Path, tmp_path: Path) -> None:
    for name in ("1.db", "2.db", "1.db"):
        back_up(place, tmp_path / name)
    (tmp_path / "2.db").unlink()
    with Database.open(place) as database:
        assert database.remove("Ada").copies == (str(tmp_path / "1.db"),)
        enrol(database, "Bob")
        assert database.erase_sample(database.samples("Bob")[0].id)[1].copies == (str(tmp_path / "1.db"),)


def test_a_backup_changes_no_older_database(place: Path, tmp_path: Path) -> None:
    outdate(place)
    back_up(place, tmp_path / "copy.db")
    with Database.open(place) as database:
        assert database.remove("Ada").copies == (str(tmp_path / "copy.db"),)


@pytest.mark.parametrize(
    ("url", "target", "sentence"),
    [
        ("sqlite://", "copy.db", "is no file: copy it with its server's tools"),
        ("nothing.db", "copy.db", "There is no database"),
        ("people.db", "people.db", "is the database itself"),
        ("people.db", ".", "is a folder: choose a name for the copy in it"),
        ("people.db", "nowhere/copy.db", "cannot be copied to .*nowhere/copy.db .* choose another place"),
    ],
)
def test_what_cannot_be_copied_is_told(place: Path, tmp_path: Path, url: str, target: str, sentence: str) -> None:
    with pytest.raises(DatabaseError, match=sentence):
        back_up(url if ":" in url else tmp_path / url, tmp_path / target)
    assert {file.name for file in tmp_path.iterdir()} <= {"people.db", "people.db-wal", "people.db-shm"}


def test_a_migration_keeps_a_copy_first(place: Path) -> None:
    outdate(place)
    Database.open(place).close()
    copy = place.with_name("people.db.0002.bak")
    assert mode(copy) == 0o600
    with Database.open_to_read(copy) as before:
        assert [person.name for person in before.people()] == ["Ada"]
    Database.open(place).close()
    assert [file.name for file in place.parent.glob("*.bak")] == [copy.name]


ERASURES: dict[str, Callable[[Database], object]] = {
    "remove": lambda database: database.remove("Ada"),
    "drop": lambda database: database.erase_sample(database.samples("Ada")[0].id),
    "prune": lambda database: prune(database, datetime.now(UTC) + timedelta(seconds=1), copies=timedelta(0)),
}


@pytest.mark.parametrize("erase", ERASURES.values(), ids=ERASURES)
def test_the_copy_goes_with_the_next_erasure(place: Path, erase: Callable[[Database], object]) -> None:
    outdate(place)
    with Database.open(place) as database:
        erase(database)
    assert not list(place.parent.glob("*.bak"))


def test_or_after_seven_days(place: Path) -> None:
    outdate(place)
    with Database.open(place) as database:
        (copy,) = place.parent.glob("*.bak")
        prune(database, datetime.now(UTC) + timedelta(days=6))
        assert copy.exists()
        prune(database, datetime.now(UTC) + timedelta(days=8))
        assert not copy.exists()


def test_a_copy_that_cannot_be_made_leaves_the_database_as_it_is(place: Path) -> None:
    outdate(place)
    place.with_name("people.db.0002.bak").mkdir()
    with pytest.raises(DatabaseError, match=r"cannot be copied to .*people\.db\.0002\.bak"):
        Database.open(place)
    place.with_name("people.db.0002.bak").rmdir()
    assert names(place) == ["Ada"]


def test_a_reader_changes_nothing_and_sees_all_of_an_older_database(place: Path) -> None:
    outdate(place)
    before = place.read_bytes()
    with Database.open_to_read(place) as database:
        assert [person.name for person in database.people()] == ["Ada"]
        assert database.events() == []
        with pytest.raises(DatabaseError, match="is read-only"):
            database.remove("Ada")
    assert place.read_bytes() == before
    assert not list(place.parent.glob("*.bak"))


def test_one_that_is_not_there_is_read_as_an_empty_one_and_not_made(tmp_path: Path) -> None:
    assert names(tmp_path / "new" / "people.db") == []
    with Database.open_to_read(tmp_path / "new" / "people.db") as database:
        assert database.generation() == 0
        assert database.gallery("0" * 64).people == []
    assert not (tmp_path / "new").exists()


def test_a_reader_sees_one_moment(place: Path) -> None:
    with Database.open_to_read(place) as reader, Database.open(place) as writer, reader.reading() as session:
        count = text("SELECT count(*) FROM person")
        assert session.scalar(count) == 1
        enrol(writer, "Bob", "Cid")
        assert session.scalar(count) == 1


def test_a_newer_or_foreign_database_is_refused_to_readers_too(place: Path) -> None:
    with Database.open(place) as database, database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="made by a newer version"):
        Database.open_to_read(place)


@pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")
@pytest.mark.parametrize("version", [migration.VERSION, "0002"])
def test_a_database_that_may_not_be_written_is_read(unprivileged: Path, version: str) -> None:
    place = unprivileged / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada")
    if version == "0002":
        outdate(place)
    place.chmod(0o400)
    unprivileged.chmod(0o500)
    assert names(place) == ["Ada"]


def test_prune_tells_nothing_of_copies_where_there_are_none(place: Path) -> None:
    with Database.open(place) as database:
        assert prune(database, at(0)).copies == ()


def test_a_copy_takes_the_place_of_an_earlier_one_and_of_no_other_file(tmp_path: Path) -> None:
    place, copy, note = tmp_path / "people.db", tmp_path / "copy.db", tmp_path / "Ada.jpg"
    note.write_bytes(b"a picture")
    with Database.open(place) as database:
        enrol(database, "Ada")
        back_up(place, copy)
        enrol(database, "Bob")
        back_up(place, copy)
        with pytest.raises(DatabaseError, match="is no earlier copy: choose another name"):
            back_up(place, note)
    assert note.read_bytes() == b"a picture"
    with Database.open(copy) as database:
        assert [person.name for person in database.people()] == ["Ada", "Bob"]


def test_where_the_copys_disk_is_full_room_is_asked_for_there(place: Path, tmp_path: Path, monkeypatch) -> None:
    connect = sqlite3.connect

    def full(*arguments: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **more)
        if "uri" not in more:  # the copy
            connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(DatabaseError, match=r"cannot be copied to .*copy.db \(the disk is full\): make room there"):
        back_up(place, tmp_path / "copy.db")


def test_a_copy_that_breaks_off_leaves_nothing_beside_its_place(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "large.db")) as large:  # more than SQLite holds in memory
        large.execute("CREATE TABLE large AS SELECT zeroblob(4000000)")
        large.commit()
    there = tmp_path / "there"
    there.mkdir()
    with no_room_beyond(1_000_000), pytest.raises(DatabaseError, match="cannot be copied to"):
        copies.copy(tmp_path / "large.db", there / "copy.db")
    assert list(there.iterdir()) == []

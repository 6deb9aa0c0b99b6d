"""Opening a database: where it is, and every bad state it can be in."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from db import Database, DatabaseError, DatabaseLockedError, default_url
from db.engine import database_url, place_of
from tests.people import enrol, new_sample

ROOT = Path(__file__).parents[1]


def refused(place: Path | str, **options: float) -> str:
    """The one sentence with which opening or first writing fails."""
    with pytest.raises(DatabaseError) as caught, Database.open(place, **options) as database:
        database.add_samples("Ada", [new_sample()])
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_default_is_a_file_in_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = Path(place_of(database_url(default_url())))
    assert place.is_absolute()
    assert place.name == "doorman.db"


def test_makes_the_folders(tmp_path: Path) -> None:
    with Database.open(tmp_path / "a" / "b" / "people.db") as database:
        enrol(database, "Ada")
    assert (tmp_path / "a" / "b" / "people.db").exists()


@pytest.mark.parametrize("folder", ["per%20cent %s", "sp ace", "каталог"])
def test_opens_paths_and_urls(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada")
    for other in (str(place), f"sqlite:///{quote(str(place))}"):
        with Database.open(other) as database:
            assert database.person("Ada").samples == 1


def test_a_database_in_memory_is_shared_by_threads(fresh_db: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda seed: fresh_db.add_samples("Ada", [new_sample(seed)]), range(20)))
    assert fresh_db.person("Ada").samples == 20


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db", timeout=2.5) as database, database.reading() as session:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "secure_delete")
        assert [session.scalar(text(f"PRAGMA {pragma}")) for pragma in pragmas] == ["wal", 1, 2500, 1]


def test_no_url() -> None:
    assert "is no database URL" in refused("://nonsense")


def test_unknown_kind_of_database() -> None:
    assert "install the driver" in refused("nosuch://host/people")


def test_passwords_are_not_told() -> None:
    assert "secret" not in refused("postgresql+nosuch://me:secret@host/people")


def test_not_a_database(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    place.write_text("Dear diary, today I met Ada. " * 100)
    assert "is not a database: move that file away" in refused(place)
    assert place.read_text().startswith("Dear diary")


def test_damaged(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        for seed in range(20):
            database.add_samples("Ada", [new_sample(seed)])
    whole = place.read_bytes()
    place.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    assert "is damaged: restore a backup" in refused(place)


def test_a_folder(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "folder of the database" in refused(tmp_path / "file" / "people.db")


def test_another_programs_database(tmp_path: Path) -> None:
    place = tmp_path / "cookies.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE cookie (id)")
    assert "belongs to another program" in refused(place)


def test_a_newer_version(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database, database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "made by a newer version" in refused(place)


def test_locked_for_longer_than_the_timeout(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database, database.writing() as session:
        session.connection()
        with pytest.raises(DatabaseLockedError, match="locked by another program: wait"):
            Database.open(place, timeout=0.01)


def test_full_disk(tmp_path: Path) -> None:
    with Database.open("sqlite://") as database:
        enrol(database, "Ada")
        with database.reading() as session:
            session.execute(text(f"PRAGMA max_page_count = {session.scalar(text('PRAGMA page_count'))}"))
        with pytest.raises(DatabaseError, match="disk is full: free some space"):
            database.add_samples("Bob", [new_sample(seed) for seed in range(10)])
        assert [person.name for person in database.people()] == ["Ada"]


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody's for whom permissions count, as they do not for root."""
    with tempfile.TemporaryDirectory() as name:
        root = os.geteuid() == 0
        if root:
            os.chown(name, 65534, -1)
            os.seteuid(65534)
        yield Path(name)
        if root:
            os.seteuid(0)
        Path(name).chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")
def test_read_only(unprivileged: Path) -> None:
    place = unprivileged / "people.db"
    with Database.open(place):
        pass
    place.chmod(0o400)
    assert "is read-only" in refused(place)
    place.chmod(0o600)
    unprivileged.chmod(0o500)
    assert "is read-only" in refused(place)
    assert "cannot be opened" in refused(unprivileged / "new.db")
    assert "folder of the database" in refused(unprivileged / "new" / "people.db")


ENROL = """
import sys
from db import Database
from tests.people import new_sample
with Database.open(sys.argv[1], timeout=60) as database:
    for seed in range(20):
        database.add_samples(sys.argv[2], [new_sample(seed)])
        database.add_samples("Both", [new_sample(seed)])
"""


def test_two_processes_create_and_write_at_once(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    both = [subprocess.Popen([sys.executable, "-c", ENROL, place, name], cwd=ROOT) for name in ("Ada", "Bob")]
    assert [process.wait() for process in both] == [0, 0]
    with Database.open(place) as database:
        assert {person.name: person.samples for person in database.people()} == {"Ada": 20, "Bob": 20, "Both": 40}
        assert database.generation() == 80


def test_another_process_changes_the_generation(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as here, Database.open(tmp_path / "people.db") as there:
        before = here.generation()
        there.add_samples("Ada", [new_sample()])
        assert here.generation() > before

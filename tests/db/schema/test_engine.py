"""Opening a database: where it is, and every bad state it can be in."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from db import Database, DatabaseError, default_url
from db.schema.engine import address_of, database_url, keep_private, place_of
from tests.db.schema.refusals import refused
from tests.people import enrol, new_sample
from tests.stream.sinks.writing import no_room_beyond

ROOT = Path(__file__).parents[3]


def test_default_is_a_file_in_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = Path(place_of(database_url(default_url())))
    assert place.is_absolute()
    assert place.name == "doorman.db"


def test_the_folders_of_a_new_database_are_made(tmp_path: Path) -> None:
    with Database.open(tmp_path / "a" / "b" / "people.db") as database:
        enrol(database, "Ada")
    assert (tmp_path / "a" / "b" / "people.db").exists()


def test_nobody_but_its_keeper_reads_it(tmp_path: Path) -> None:
    place = tmp_path / "new" / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in place.parent.iterdir()}
    assert modes == dict.fromkeys(("people.db", "people.db-shm", "people.db-wal"), 0o600)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_one_that_everybody_could_read_is_closed_to_them(tmp_path: Path) -> None:
    for mode, then in ((0o644, 0o600), (0o660, 0o660)):  # the latter is shared with a group on purpose
        place = tmp_path / f"{mode}.db"
        place.touch()
        place.chmod(mode)
        Database.open(place).close()
        assert stat.S_IMODE(place.stat().st_mode) == then


LOCKING = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"


def test_whoever_opens_it_again_leaves_it_locked_for_other_programs(tmp_path: Path) -> None:
    """POSIX gives up all locks of a process on a file with the first of its openings that is closed."""
    place = tmp_path / "people.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        keep_private(place)
        other = subprocess.run([sys.executable, "-c", LOCKING, place], capture_output=True, text=True)
    assert "database is locked" in other.stderr


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


def test_what_is_no_url_is_refused() -> None:
    assert "is no database URL" in refused("://nonsense")


def test_of_an_unknown_kind_of_database_the_driver_is_asked_for() -> None:
    assert "install the driver" in refused("nosuch://host/people")


def test_the_driver_of_a_server_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install -e '.[postgresql]'" in refused("postgresql://host/people")


def test_both_names_of_postgresql_are_read() -> None:
    assert database_url("postgres://ada@host/people") == database_url("postgresql://ada@host/people")


def test_a_port_that_is_no_number_is_told() -> None:
    assert "postgresql://… is no database URL" in (told := refused("postgresql://h:notaport/db"))
    assert "with a number as the port" in told


@pytest.mark.parametrize("query", ["timeout=abc", "timeout=1&timeout=2", "uri=maybe"])
def test_an_option_that_the_driver_cannot_use_is_told(query: str) -> None:
    told = refused(f"sqlite:///people.db?{query}")
    assert "The database URL sqlite://… cannot be used" in told
    assert "correct it" in told


def test_an_sqlite_file_is_on_no_host() -> None:
    told = refused("sqlite://host/people.db")
    assert "The database URL sqlite://host/… cannot be used" in told
    assert "sqlite:///people.db" in told
    assert "driver" not in told


def test_no_place_is_the_default_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("db.schema.engine.user_data_path", lambda *_, **__: tmp_path)
    with Database.open("") as database:
        assert database.place == str(tmp_path / "doorman.db")


def test_an_address_is_the_same_whoever_asks() -> None:
    addresses = [
        address_of(database_url(f"postgresql+psycopg://{whoever}host:5432/people"))
        for whoever in ("", "ada@", "bob:password@")
    ]
    assert addresses == ["postgresql://host:5432/people"] * 3


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nosuch://me:secret@host/people",
        "postgresql+nosuch://me:secret/secret?secret@secret@host/people",
        "postgresql+nosuch://host/people?password=secret",
        "postgresql://host/people?password=se@secret",
        "postgresql://me:secret@host:port/people",
        "postgresql://me:se@secret@host/people",
        "postgresql://me:se@secret/x@host/people",
        "postgresql://host:port/people?user=me&password=secret",
        "postgresql://me:secret",
        "my-sql://me:secret@host/people",
        "sqlite://me:secret@host/people.db",
        "sqlite://me:se@secret@host/people.db",
        "sqlite://host/people.db?password=secret",
        "postgresql:/me:secret@host/people",
        "postgresql//host/people?password=secret",
    ],
)
def test_passwords_are_not_told(url: str) -> None:
    told = refused(url)
    assert "secret" not in told
    assert "host" in told


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Database]:
    """A database in a file, with Ada's face."""
    with Database.open(tmp_path / "people.db", timeout=0.1) as database:
        database.add_samples("Ada", [new_sample(crop=FACE)])
        yield database


FACE = b"the face of Ada" * 500


def face_remains(database: Database) -> bool:
    """Whether it is in any of the database's files."""
    return any(FACE[:100] in file.read_bytes() for file in Path(database.place).parent.iterdir())


@contextmanager
def read_by_another_program(database: Database) -> Iterator[None]:
    """A transaction that sees, and keeps, the database as it is now."""
    with Database.open(database.place) as other, other.reading() as session:
        session.execute(text("SELECT * FROM person"))
        yield


def test_an_erasure_that_a_reader_keeps_from_the_files_is_told(filed: Database) -> None:
    with read_by_another_program(filed):
        with pytest.raises(DatabaseError, match=r"copies remain .* another program uses it: .* `doorman prune`\.$"):
            filed.remove("Ada")
        assert filed.people() == []
        assert face_remains(filed)
    filed.forget_history()
    assert not face_remains(filed)


def test_an_erasure_waits_for_a_reader_that_ends_in_time(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db", timeout=60) as database:
        database.add_samples("Ada", [new_sample(crop=FACE)])
        with read_by_another_program(database):
            erasing = threading.Thread(target=database.remove, args=("Ada",))
            erasing.start()
            while database.people():
                time.sleep(0.01)
            erasing.join(0.2)
            assert erasing.is_alive()
        erasing.join()
        assert not face_remains(database)


def test_a_disk_that_does_not_take_an_erasure_is_told(filed: Database) -> None:
    with no_room_beyond(1), pytest.raises(DatabaseError, match="cannot be read or written: check the disk"):
        filed.forget_history()


@pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")
def test_it_is_told_where_nothing_can_be_written(unprivileged: Path) -> None:
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


def test_a_new_file_is_waited_for_that_another_program_opens_at_once_too(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with closing(sqlite3.connect(place, check_same_thread=False, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ending = threading.Timer(0.3, other.execute, ["COMMIT"])
        ending.start()
        with Database.open(place, timeout=10) as database:
            assert database.people() == []
        ending.join()


def test_another_process_changes_the_generation(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as here, Database.open(tmp_path / "people.db") as there:
        before = here.generation()
        there.add_samples("Ada", [new_sample()])
        assert here.generation() > before

"""Fixtures that several test files use."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import models  # noqa: F401 - before any test imports ONNX Runtime, which would report it
from db import Database
from db.schema import engine


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """A shell's background job ignores SIGINT, as do the programs it starts; tests of an interruption need it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An empty database that was brought up to date: to migrate one for each test takes longer than most tests do."""
    file = tmp_path_factory.mktemp("migrated") / "people.db"
    Database.open(file).close()
    with closing(sqlite3.connect(file)) as connection:
        yield connection


@pytest.fixture
def fresh_db(migrated: sqlite3.Connection) -> Iterator[Database]:
    """An empty database in memory."""
    url = engine.database_url("sqlite://")
    own = engine.create(url, timeout=5.0)
    with closing(own.raw_connection()) as connection:
        assert isinstance(connection.driver_connection, sqlite3.Connection)
        migrated.backup(connection.driver_connection)
    with Database(own, url) as database:
        yield database


@pytest.fixture
def shared() -> Path:
    """The folder of data that is not part of the project, beside the checkout; the test is skipped without it."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"the data folder {folder} is not here")
    return folder

"""What the tests of commands share."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import Database, SightingWriter
from stream.cli.main import main
from tests.people import new_sample

MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path, monkeypatch) -> Path:
    """A database with Ada and Bob; the commands take it from the environment."""
    path = tmp_path / "people.db"
    monkeypatch.setenv("DOORMAN_DB", str(path))
    with Database.open(path) as database:
        ada = database.add_samples("Ada", [new_sample(1), new_sample(2)])
        database.add_samples("Bob", [new_sample(3)])
        with SightingWriter(database) as writer:
            key = writer.open("door", MOMENT)
            writer.name(key, ada.id, 0.7)
            writer.close(key, MOMENT + timedelta(seconds=5))
    return path


@pytest.fixture
def doorman(monkeypatch, capsys):
    """Runs a command; gives its exit status, output and error output."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["doorman", *arguments])
        with pytest.raises(SystemExit) as ending:
            main()
        return int(ending.value.code or 0), *capsys.readouterr()

    return call


@pytest.fixture
def clock_ahead(monkeypatch):
    """Sets the user's clock so many hours ahead of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's clock cannot be set for one program")

    def ahead(hours: int) -> None:
        monkeypatch.setenv("TZ", f"HERE{-hours}")
        time.tzset()

    yield ahead
    monkeypatch.undo()
    time.tzset()

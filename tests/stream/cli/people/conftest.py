"""A command of `doorman people`, run in a database of its own."""

import pytest
from typer.testing import CliRunner

from db import Database
from stream.cli.people.commands import app
from tests.people import enrol


@pytest.fixture
def run(tmp_path):
    """Runs a command in a database with Ada and Bob."""
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada", "Bob")

    def command(*words: str) -> str:
        done = CliRunner().invoke(app, ["people", *words], env={"DOORMAN_DB": str(place)})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return command

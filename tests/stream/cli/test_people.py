"""The commands of `doorman people` that decide something, and take it back."""

import json

import pytest
from typer.testing import CliRunner

from db import Database, DatabaseError
from stream.cli.people import app
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


def test_what_was_decided_is_listed_and_taken_back(run):
    run("merge", "Ada", "Bob")
    assert [one["what"] for one in json.loads(run("history", "--json"))] == ["merge", "enrol", "enrol"]
    assert "Ada merged into Bob." in run("history", "--limit", "1")
    assert run("undo", "3") == "Taken back: Ada merged into Bob.\n"
    assert [person["name"] for person in json.loads(run("list", "--json"))] == ["Ada", "Bob"]
    assert "taken back" in run("history")
    with pytest.raises(DatabaseError, match="There is no decision 9"):
        run("undo", "9")


def test_a_picture_and_a_person_are_set_aside_and_restored(run):
    assert run("set-aside", "1") == "1 is set aside: Ada has 0 pictures in use.\n"
    assert json.loads(run("show", "Ada", "--json"))[0]["aside"]
    assert "Bob is set aside" in run("set-aside", "Bob")
    assert "Set aside: Bob." in run("list")
    assert "Ada has 1 pictures" in run("restore", "1")
    run("restore", "Bob")
    assert "Set aside" not in run("list")


def test_a_picture_is_dropped_until_that_is_taken_back_or_for_good(run):
    assert "Dropped picture 1: Ada has 0 left." in run("drop", "1")
    run("undo", "3")
    assert "Erased picture 1: Ada has 0 left." in run("drop", "1", "--for-good")
    with pytest.raises(DatabaseError, match="There is no picture 1"):
        run("drop", "1")

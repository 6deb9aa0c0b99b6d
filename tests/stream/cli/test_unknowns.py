"""The commands of `doorman unknowns`."""

import json

import pytest
from typer.testing import CliRunner

from db import Database, DatabaseError
from models.manifest import shipped
from stream.cli.unknowns import app
from stream.errors import StreamError
from tests.fakes import unit
from tests.strangers import keep, new_stay


@pytest.fixture
def run(tmp_path):
    """Runs a command on two strangers, the first with two visits."""
    place = tmp_path / "people.db"
    digest = shipped("embedding").sha256
    with Database.open(place) as database:
        first, second = new_stay(unit(1), digest=digest), new_stay(unit(0, 1), digest=digest)
        keep(database, first, first, second)

    def command(*words: str) -> str:
        done = CliRunner().invoke(app, ["unknowns", *words], env={"DOORMAN_DB": str(place)})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return command


def listed(run) -> list[tuple[int, int]]:
    return [(one["id"], one["visits"]) for one in json.loads(run("list", "--json"))]


def test_strangers_are_listed_whoever_was_seen_last_first(run):
    assert listed(run) == [(2, 1), (1, 2)]
    assert [stay["camera"] for stay in json.loads(run("show", "1", "--json"))] == ["door", "door"]


def test_they_are_split_merged_ignored_and_forgotten(run):
    assert "are now unknown 3" in run("split", "1", "2")
    assert listed(run) == [(2, 1), (3, 1), (1, 1)]
    assert "Unknown 1 now has 2 visits" in run("merge", "3", "1")
    run("ignore", "2")
    assert listed(run) == [(1, 2)]
    assert "Erased unknown 1" in run("forget", "1", "--yes")
    assert listed(run) == []


def test_nothing_is_forgotten_unless_it_is_meant(run):
    with pytest.raises(StreamError, match="Nobody answers here, so nothing was done: give --yes"):
        run("forget", "1")
    assert (1, 2) in listed(run)


def test_a_number_that_is_none_is_told(run):
    with pytest.raises(DatabaseError, match="There is no unknown 9"):
        run("show", "9")

"""The commands of `doorman people` that decide something, and take it back."""

import json
from datetime import datetime

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
    assert run("set-aside", "Bob") == "Bob is set aside: nobody is recognized as Bob until restored.\n"
    assert "Set aside: Bob." in run("list")
    assert "Ada has 1 pictures" in run("restore", "1")
    run("restore", "Bob")
    assert "Set aside" not in run("list")


def test_a_picture_is_given_to_whom_it_shows_by_one_command(run):
    assert run("move", "1", "--to", "Bob") == "Moved: Bob has 2 pictures in use.\n"
    assert run("move", "1", "2", "--to", "Cleo") == "Moved: Cleo has 2 pictures in use.\n"
    assert [one["id"] for one in json.loads(run("show", "Cleo", "--json"))] == [1, 2]


def test_a_picture_is_dropped_until_that_is_taken_back_or_for_good(run):
    assert "Dropped picture 1: Ada has 0 left." in run("drop", "1")
    run("undo", "3")
    assert "Erased picture 1: Ada has 0 left." in run("drop", "1", "--for-good")
    with pytest.raises(DatabaseError, match="There is no picture 1"):
        run("drop", "1")


def test_people_are_listed(db, doorman):
    status, out, _ = doorman("people", "list")
    assert status == 0
    assert "Ada" in out
    assert "Bob" in out


def test_people_are_told_as_json(db, doorman):
    _, out, _ = doorman("people", "list", "--json")
    assert [(person["name"], person["samples"]) for person in json.loads(out)] == [("Ada", 2), ("Bob", 1)]


def test_the_pictures_of_a_person_are_listed(db, doorman):
    _, out, _ = doorman("people", "show", "ada", "--json")
    assert [sample["source"] for sample in json.loads(out)] == ["1.jpg", "2.jpg"]


def test_when_they_were_enrolled_is_told_programs_in_iso_8601_and_users_by_their_own_clock(db, clock_ahead, doorman):
    clock_ahead(14)
    (told, _) = (datetime.fromisoformat(one["created"]) for one in json.loads(doorman("people", "list", "--json")[1]))
    (first, _) = json.loads(doorman("people", "show", "Ada", "--json")[1])
    assert first["created"] == datetime.fromisoformat(first["created"]).isoformat(timespec="milliseconds")
    assert f"{told.astimezone():%Y-%m-%d}" in doorman("people", "list")[1]
    assert f"{told.astimezone():%Y-%m-%d %H:%M}" in doorman("people", "show", "Ada")[1]


def test_people_are_renamed_merged_exported_and_removed(db, doorman, tmp_path):
    assert doorman("people", "rename", "Bob", "Rob [x]")[:2] == (0, "Bob is now Rob [x].\n")
    assert doorman("people", "merge", "Rob [x]", "Ada")[:2] == (0, "Ada now has 3 pictures.\n")
    assert doorman("people", "export", "Ada", str(tmp_path / "out"))[0] == 0
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 3
    assert doorman("people", "remove", "Ada", "--yes")[:2] == (
        0,
        "Erased 3 pictures, 1 sightings, 0 snapshots.\n",
    )
    assert json.loads(doorman("people", "list", "--json")[1]) == []


def test_one_picture_is_dropped_by_its_number(db, doorman):
    (first, second) = json.loads(doorman("people", "show", "Ada", "--json")[1])
    dropped = doorman("people", "drop", str(first["id"]))
    assert dropped[:2] == (0, f"Dropped picture {first['id']}: Ada has 1 left.\n")
    assert json.loads(doorman("people", "show", "Ada", "--json")[1]) == [second]
    status, _, error = doorman("people", "drop", str(first["id"]))
    assert (status, "`doorman people show NAME` lists a person's" in error) == (1, True)


def test_an_exported_person_is_imported_again(db, doorman, tmp_path):
    doorman("people", "export", "Ada", str(tmp_path))
    doorman("people", "remove", "Ada", "--yes")
    imported = doorman("people", "import", str(tmp_path / "Ada-1"), "--snapshots", str(tmp_path / "seen"))
    assert imported[:2] == (0, "Ada now has 2 pictures.\n")
    assert json.loads(doorman("sightings", "--json")[1])[0]["person"] == "Ada"
    status, _, error = doorman("people", "import", str(tmp_path))
    assert (status, "is not what `doorman people export` has written" in error) == (1, True)


def test_a_backup_is_named_when_somebody_is_erased(db, doorman, tmp_path):
    copy = str(tmp_path / "copy.db")
    assert doorman("backup", copy)[0] == 0
    assert len(json.loads(doorman("people", "list", "--json", "--db", copy)[1])) == 2
    told = doorman("people", "remove", "Ada", "--yes")[1]
    assert told.endswith(f"still in these copies, for you to delete: {copy}\n")


def test_a_file_is_searched_in_memory_alone(run):
    with pytest.raises(DatabaseError, match="Only a PostgreSQL server searches by an index of its own"):
        run("index")
    assert run("index", "--drop") == "The gallery is held in memory again.\n"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("people", "list"), "Nobody is enrolled"),
        (("people", "history"), "Nothing was decided."),
        (("people", "suggestions", "list"), "None is offered."),
        (("sightings",), "Nobody was seen."),
        (("today",), "Nobody who is known came today."),
    ],
)
def test_where_there_is_nothing_to_list_a_sentence_says_so(doorman, tmp_path, monkeypatch, command, sentence):
    monkeypatch.setenv("DOORMAN_DB", str(tmp_path / "new.db"))
    status, out, _ = doorman(*command)
    assert (status, out.startswith(sentence), "┃" in out) == (0, True, False)

"""The commands of `doorman people` that decide something, and take it back."""

import json

import pytest

from db import DatabaseError


def test_what_was_decided_is_listed_taken_back_and_done_again(run):
    run("merge", "Ada", "Bob")
    assert [one["what"] for one in json.loads(run("history", "--json"))] == ["merge", "enrol", "enrol"]
    assert "Ada merged into Bob." in run("history", "--limit", "1")
    assert run("undo", "3") == "Taken back: Ada merged into Bob.\n"
    assert [person["name"] for person in json.loads(run("list", "--json"))] == ["Ada", "Bob"]
    assert "taken back" in run("history")
    assert run("redo", "3") == "Done again: Ada merged into Bob.\n"
    assert [person["name"] for person in json.loads(run("list", "--json"))] == ["Bob"]
    with pytest.raises(DatabaseError, match="There is no decision 9"):
        run("undo", "9")


def test_a_picture_and_a_person_are_set_aside_and_restored(run):
    assert run("set-aside", "1") == "1 is set aside: Ada has 0 pictures in use.\n"
    assert json.loads(run("show", "Ada", "--json"))[0]["aside"]
    assert run("set-aside", "Bob") == "Bob is set aside: nobody is recognized as Bob until restored.\n"
    assert "Set aside: Bob." in run("list")
    assert "Ada has 1 picture in use" in run("restore", "1")
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


def test_one_picture_is_dropped_by_its_number(db, doorman):
    (first, second) = json.loads(doorman("people", "show", "Ada", "--json")[1])
    dropped = doorman("people", "drop", str(first["id"]))
    assert dropped[:2] == (0, f"Dropped picture {first['id']}: Ada has 1 left.\n")
    assert json.loads(doorman("people", "show", "Ada", "--json")[1]) == [second]
    status, _, error = doorman("people", "drop", str(first["id"]))
    assert (status, "`doorman people show NAME` lists a person's" in error) == (1, True)

"""The commands that list, rename, merge and erase people."""

import io
import json
import sys
from datetime import datetime

import pytest

from db import DatabaseError


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
        "Erased 3 pictures, 1 sighting, 0 snapshots.\n",
    )
    assert json.loads(doorman("people", "list", "--json")[1]) == []


@pytest.mark.parametrize(
    ("answer", "told", "left"),
    [
        ("y\n", "", ["Bob"]),
        ("n\n", "Aborted.", ["Ada", "Bob"]),
        ("", "Nobody answers here, so nothing was done: give --yes to do it without a question.", ["Ada", "Bob"]),
    ],
)
def test_nobody_is_erased_without_a_yes(db, doorman, monkeypatch, answer, told, left):
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    status, _, error = doorman("people", "remove", "Ada")
    assert (status, error.strip()) == (1 if told else 0, told)
    assert [one["name"] for one in json.loads(doorman("people", "list", "--json")[1])] == left


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

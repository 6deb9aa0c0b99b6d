"""The commands of `doorman sightings`."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from db import Database, DatabaseError, NewSample
from db.evidence.records import Likeness
from models.errors import PictureError
from models.images import from_jpeg, to_jpeg
from models.manifest import shipped
from stream.cli.sightings import app
from stream.errors import StreamError
from stream.evidence.accounts import BELOW
from tests.evidence import new_look, seen, unnamed
from tests.fakes import unit
from tests.people import grey_crop
from tests.strangers import keep, new_stay

FACE = grey_crop(128)


@pytest.fixture
def run(tmp_path):
    """Runs a command where Ada was seen, at .6 like herself, and then somebody unknown."""
    place, digest = tmp_path / "people.db", shipped("embedding").sha256
    with Database.open(place) as database:
        ada = database.add_samples("Ada", [NewSample(unit(1), digest, 0.9, "ada.jpg", FACE)])
        looks = [
            new_look(ada.id, t, crop=FACE if t else None, digest=digest, vector=unit(0.6, 0, 0.8)) for t in range(3)
        ]
        seen(database, ada.id, *looks)
        like = Likeness(ada.id, 0.4, None, None)
        seen(database, None, appearance=unnamed(BELOW, 3, likeness=like, threshold=0.5), first=100.0)

    def command(*words: str) -> str:
        done = CliRunner().invoke(app, ["sightings", *words], env={"DOORMAN_DB": str(place), "COLUMNS": "160"})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return command


def test_without_another_word_they_are_listed(run):
    assert [one["person"] for one in json.loads(run("--json"))] == ["Ada", None]
    assert [one["person"] for one in json.loads(run("--name", "ada", "--json"))] == ["Ada"]
    assert "not both" in run("--json", "--csv")


def test_a_stranger_who_is_kept_is_told_by_number(tmp_path):
    with Database.open(tmp_path / "people.db") as database:
        keep(database, new_stay(unit(1)))
        seen(database, None)
    output = CliRunner().invoke(app, ["sightings", "--db", str(tmp_path / "people.db")]).output
    assert [line.split("│")[2].strip() for line in output.splitlines() if "door" in line] == ["unknown 1", "unknown"]


def test_the_looks_that_are_kept_are_not_told_to_be_behind_a_name_that_was_given_by_hand(run):
    by_hand = "Its name was given by hand. Before that:"
    assert by_hand not in run("show", "1")
    run("wrong", "1")
    assert by_hand not in run("show", "1")
    run("wrong", "1", "--is", "Ada")
    assert "Ada 0.70" in run("show", "1").partition(by_hand)[2]


def test_one_is_erased_once_that_is_confirmed(run):
    with pytest.raises(StreamError, match="Nobody answers here, so nothing was done: give --yes"):
        run("erase", "1")
    assert [one["id"] for one in json.loads(run("--json"))] == [1, 2]
    assert run("erase", "1", "--yes") == "Erased sighting 1 with 0 snapshots.\n"
    assert [one["id"] for one in json.loads(run("--json"))] == [2]


def test_the_looks_behind_a_name_are_shown_and_written(run, tmp_path):
    assert "Ada 0.70" in run("show", "1")
    told = json.loads(run("show", "1", "--json"))
    assert (told["person"], len(told["looks"]), told["looks"][0]["likeness"]["who"]) == ("Ada", 3, "Ada")
    assert "The pictures are on" in run("show", "1", "--out", str(tmp_path / "sheet.jpg"))
    assert from_jpeg((tmp_path / "sheet.jpg").read_bytes()).shape[1] > 2 * 224
    assert "No picture of it is kept" in run("show", "2", "--out", str(tmp_path / "none.jpg"))
    assert not (tmp_path / "none.jpg").exists()


def test_another_threshold_is_tried(run):
    assert "it would be Ada; it is Ada" in run("replay", "1", "--threshold", "0.5")
    assert "it would be nobody: unknown; it is Ada" in run("replay", "1", "--threshold", "0.7")
    assert json.loads(run("replay", "1", "--json"))["name"] == "Ada"


def test_why_somebody_has_no_name_is_told_and_how_well_the_camera_sees(run):
    told = run("why-not")
    assert "below the threshold (most like Ada, 0.40, 0.50 needed)" in told
    assert "door: a usable face in 1 of the last 1 visit" in told
    assert json.loads(run("why-not", "--since", "2026-01-02", "--json"))["unnamed"] == []


def test_a_number_that_is_none_is_told(run):
    for words in (("show", "9"), ("replay", "9")):
        with pytest.raises(DatabaseError, match="There is no sighting 9"):
            run(*words)
    with pytest.raises(DatabaseError, match="Of sighting 2 no look is kept"):
        run("replay", "2")


def test_nobody_came_today(run):
    done = CliRunner().invoke(app, ["today", "--json", "--db", "sqlite://"])
    assert json.loads(done.output) == {"visits": [], "strangers": 0}


def test_a_picture_without_a_face_finds_nobody(tmp_path):
    (tmp_path / "grey.jpg").write_bytes(to_jpeg(np.full((200, 200, 3), 128, np.uint8)))
    done = CliRunner().invoke(app, ["find", str(tmp_path / "grey.jpg"), "--db", "sqlite://"])
    assert isinstance(done.exception, PictureError)
    assert "No face was found in" in str(done.exception)


def test_commands_that_only_read_make_no_database_and_say_that_there_is_none(doorman, tmp_path, caplog):
    for command in (["people", "list", "--json"], ["sightings", "--json"]):
        place = tmp_path / f"{command[0]}.db"  # of each it is told once
        assert doorman(*command, "--db", str(place))[:2] == (0, "[]\n")
        assert caplog.messages.pop().startswith(f"There is no database {place}: it is taken for an empty one.")
        assert not place.exists()


def test_sightings_as_table_csv_and_json(db, doorman):
    assert "Ada" in doorman("sightings")[1]
    csv = doorman("sightings", "--csv")[1].splitlines()
    assert csv[0] == "id,person,camera,first_seen,last_seen,similarity,snapshot"
    assert csv[1].startswith("1,Ada,door,2026-01-01T12:00:00")
    assert json.loads(doorman("sightings", "--json")[1])[0]["person"] == "Ada"


def test_sightings_are_chosen_by_time_camera_and_name(db, doorman):
    for options, count in (
        (["--since", "2025-12-31"], 1),
        (["--since", "2026-02-01"], 0),
        (["--until", "2025-12-31"], 0),
        (["--until", "2026-01-01"], 1),  # that day is meant whole
        (["--since", "2h"], 0),
        (["--until", "yesterday"], 1),
        (["--camera", "door"], 1),
        (["--camera", "garden"], 0),
        (["--name", "Ada"], 1),
        (["--name", "Bob"], 0),
    ):
        assert len(json.loads(doorman("sightings", "--json", *options)[1])) == count, options


def test_a_camera_that_is_mistyped_is_told_to_people_and_no_error_to_programs(db, doorman):
    told = "No camera called dor has seen anybody of late: did you mean door?"
    assert doorman("sightings", "--camera", "dor")[:2] == (0, f"Nobody was seen.\n{told}\n")
    assert doorman("sightings", "--camera", "door", "--since", "1h")[:2] == (0, "Nobody was seen.\n")
    assert doorman("sightings", "why-not", "--camera", "dor")[1].endswith(f"{told}\n")
    assert doorman("sightings", "--camera", "dor", "--json")[:2] == (0, "[]\n")


@pytest.mark.parametrize(("hours", "moment"), [(0, "0001-01-01"), (14, "0001-01-01"), (-10, "9999-12-31T23:59:59")])
def test_a_time_at_the_edge_of_the_calendar_is_wrong_usage(db, clock_ahead, doorman, hours, moment):
    clock_ahead(hours)
    assert doorman("sightings", "--since", moment)[0] == 2

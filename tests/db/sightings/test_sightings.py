"""Which sightings a question finds, and how they are written."""

import csv
import io
import json
from dataclasses import replace

import pytest

from db import Database, Event, Sighting, SightingWriter, UnknownPersonError, write_csv, write_json
from db.sightings.sightings import cameras_of_late, mistaken_camera
from tests.people import at, enrol

SIGHTING = Sighting(7, 'Ada "A", née Byron', "door", at(0), at(1.5), 0.5, "shots/7.jpg")
STRANGER = Sighting(8, None, "door", at(0), at(0), None, None)


@pytest.fixture
def seen(fresh_db: Database) -> Database:
    """Ada at the door from 0 to 10 s, Bob in the hall from 20 to 30 s, a stranger at the door from 40 to 50 s."""
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    with SightingWriter(fresh_db) as writer:
        for camera, start, person in (("door", 0, ada), ("hall", 20, bob), ("door", 40, None)):
            key = writer.open(camera, at(start))
            writer.name(key, person, 0.5)
            writer.close(key, at(start + 10))
    return fresh_db


def test_a_camera_that_saw_nobody_is_told_from_one_that_is_mistyped(seen: Database) -> None:
    assert cameras_of_late(seen) == ["door", "hall"]
    assert mistaken_camera(seen, "hall") is None
    assert mistaken_camera(seen, "Dor") == "No camera called Dor has seen anybody of late: did you mean door?"
    told = "No camera called garden has seen anybody of late: door, hall have."
    assert mistaken_camera(seen, "garden") == told


def test_before_anybody_was_seen_no_camera_is_mistyped(fresh_db: Database) -> None:
    assert mistaken_camera(fresh_db, "garden") is None


def names(sightings: list[Sighting]) -> list[str | None]:
    return [sighting.person for sighting in sightings]


def test_tells_all_from_the_earliest(seen: Database) -> None:
    assert names(seen.sightings()) == ["Ada", "Bob", None]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (5, None, ["Ada", "Bob", None]),
        (11, None, ["Bob", None]),
        (None, 19, ["Ada"]),
        (10, 20, ["Ada", "Bob"]),
        (51, 60, []),
    ],
)
def test_finds_what_overlaps_a_time(seen: Database, since: int | None, until: int | None, expected: list[str]) -> None:
    found = seen.sightings(since=since and at(since), until=until and at(until))
    assert names(found) == expected


def test_filters_by_camera_and_name(seen: Database) -> None:
    assert names(seen.sightings(camera="door")) == ["Ada", None]
    assert names(seen.sightings(name="ADA")) == ["Ada"]
    assert names(seen.sightings(name="Ada", camera="hall")) == []


@pytest.mark.parametrize("asked", ["caf\udce9", r"caf\udce9"])
def test_a_camera_whose_name_is_not_utf_8_is_found_as_given_and_as_told(fresh_db: Database, asked: str) -> None:
    with SightingWriter(fresh_db) as writer:
        writer.open("caf\udce9", at(0))
        writer.open("café", at(0))
        writer.note(Event(at(0), "caf\udce9", "camera_lost", reason="No caf\udce9."), None, lambda event: None)
    assert [sighting.camera for sighting in fresh_db.sightings(camera=asked)] == [r"caf\udce9"]
    assert [event.reason for event in fresh_db.events(camera=asked)] == [r"No caf\udce9."]


def test_filtering_by_an_unknown_name_says_so(seen: Database) -> None:
    with pytest.raises(UnknownPersonError):
        seen.sightings(name="Adda")


def test_csv_has_the_published_columns() -> None:
    file = io.StringIO()
    write_csv([SIGHTING, STRANGER], file)
    lines = file.getvalue().splitlines()
    assert lines[0] == "id,person,camera,first_seen,last_seen,similarity,snapshot"
    assert lines[2] == "8,,door,2026-01-01T00:00:00.000+00:00,2026-01-01T00:00:00.000+00:00,,"
    (row, _) = csv.DictReader(lines)
    assert row["person"] == SIGHTING.person
    assert row["last_seen"] == "2026-01-01T00:00:01.500+00:00"


@pytest.mark.parametrize("name", ["=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)"])
def test_a_name_is_no_formula_of_a_spreadsheet(name) -> None:
    file = io.StringIO()
    write_csv([replace(SIGHTING, person=name, camera=name)], file)
    (row,) = csv.DictReader(file.getvalue().splitlines())
    assert row["person"] == row["camera"] == f"'{name}"


def test_json_has_the_same() -> None:
    file = io.StringIO()
    write_json([SIGHTING, STRANGER], file)
    first, second = json.loads(file.getvalue())
    assert first["person"] == SIGHTING.person
    assert first["similarity"] == 0.5
    assert first["first_seen"] == "2026-01-01T00:00:00.000+00:00"
    assert second["person"] is None

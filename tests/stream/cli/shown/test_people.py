"""People as programs read them."""

from datetime import UTC, datetime

from db import Person
from db.sightings.visits import LastSeen
from stream.cli.shown.people import as_dict

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = Person(1, "Ada", NOON, 2)


def test_a_person_is_told_with_when_and_where_they_were_seen_last():
    told = as_dict(ADA, LastSeen(NOON, "door"))
    assert (told["name"], told["samples"], told["last_seen"], told["camera"]) == ("Ada", 2, NOON, "door")


def test_of_whom_nobody_has_seen_that_is_null():
    told = as_dict(ADA, None)
    assert (told["last_seen"], told["camera"]) == (None, None)

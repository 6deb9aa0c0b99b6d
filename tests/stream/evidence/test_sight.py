"""Does a camera see well enough?"""

import pytest

from db import Sighting
from db.evidence.records import Appearance, Likeness
from stream.evidence.accounts import BELOW, MARGIN
from stream.evidence.sight import reason, sights
from tests.people import at

SMALL, TURNED, UNLIKE, BETWEEN, ERASED = (
    Appearance(5, 0, 8.0, "too small", Likeness()),
    Appearance(5, 0, 40.0, "turned away", Likeness()),
    Appearance(5, 4, 38.0, BELOW, Likeness("Ada", 0.4, None, 0.2), 0.5),
    Appearance(5, 4, 38.0, MARGIN, Likeness("Ada", 0.55, None, 0.53)),
    Appearance(5, 4, 38.0, BELOW, Likeness(None, 0.4), 0.5),
)


def visits(*appearances: Appearance[str], camera: str = "door") -> list[tuple[Sighting, Appearance[str]]]:
    return [(Sighting(1, None, camera, at(0), at(1), None, None), one) for one in appearances]


def test_a_camera_that_is_too_far_away_is_to_come_nearer():
    (told,) = sights(visits(*[UNLIKE] * 9, *[SMALL] * 31))
    assert (told.visits, told.usable, told.eyes) == (40, 9, 8.0)
    assert str(told) == (
        "door: a usable face in 9 of the last 40 visits, usually 8 px between the eyes: "
        "move it nearer, or let it zoom in"
    )


def test_only_the_last_visits_of_each_camera_count():
    door, hall = sights(visits(*[UNLIKE] * 40, *[SMALL] * 100) + visits(TURNED, camera="hall"))
    assert str(door).endswith("it sees well enough")
    assert "height of faces" in str(hall)


def test_small_faces_that_are_hardly_recognized_are_told_though_they_can_be_looked_at():
    (told,) = sights(visits(*[Appearance(5, 4, 14.0, BELOW, Likeness("Ada", 0.4), 0.5)] * 10))
    assert "move it nearer" in str(told)


@pytest.mark.parametrize(
    ("appearance", "words"),
    [
        (SMALL, "too small (usually 8 px between the eyes)"),
        (UNLIKE, "below the threshold (most like Ada, 0.40, 0.50 needed)"),
        (BETWEEN, "like two people (most like Ada, 0.55, the next 0.53)"),
        (ERASED, "below the threshold (most like somebody who was erased, 0.40, 0.50 needed)"),
    ],
)
def test_the_reason_has_its_numbers(appearance, words):
    assert reason(appearance) == words

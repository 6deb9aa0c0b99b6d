"""Numbers in sentences."""

import pytest

from db.text.wording import how_many


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((0, "picture"), "0 pictures"),
        ((1, "picture"), "1 picture"),
        ((2, "picture"), "2 pictures"),
        ((1, "person", "people"), "1 person"),
        ((3, "person", "people"), "3 people"),
    ],
)
def test_one_thing_is_no_things(words, told):
    assert how_many(*words) == told

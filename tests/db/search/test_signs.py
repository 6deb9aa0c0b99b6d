"""Which vectors may be near, by their signs."""

import numpy as np

from db.search.signs import Signs
from tests.people import units


def test_counts_the_signs_that_differ() -> None:
    vectors = np.full((3, 128), 0.1, np.float32)
    vectors[1, [0, 70, 127]] = -0.1
    vectors[2, :] = -0.1
    assert Signs(vectors)._differing(Signs(vectors)._words[:, 1]).tolist() == [3, 0, 125]


def test_the_nearest_are_among_those_whose_signs_are() -> None:
    vectors = units(5_000, seed=1)
    query = vectors[1234] + units(1, seed=2)[0]  # a cosine of .7 to that one
    rows = Signs(vectors).nearest(query, 10)
    assert 10 <= len(rows) < 50 and 1234 in rows
    assert (np.diff(rows) > 0).all()


def test_asks_no_more_than_there_are() -> None:
    assert Signs(units(3, seed=1)).nearest(units(1, seed=2)[0], 10).tolist() == [0, 1, 2]
    assert Signs(units(0, seed=1)).nearest(units(1, seed=2)[0], 10).tolist() == []


def test_half_precision_has_the_same_signs() -> None:
    vectors = units(100, seed=3)
    np.testing.assert_array_equal(Signs(vectors)._words, Signs(vectors.astype(np.float16))._words)

"""Search: the most similar people, and the index's keeping up with the database."""

import numpy as np
import pytest

from db import Database, DatabaseError, SearchIndex
from db.search.index import best
from models.scores import person_scores
from tests.people import DIGEST, embedding, enrol, new_sample


@pytest.mark.parametrize("top", [1, 2, 4, 9])
def test_best_are_the_highest_in_order(top: int) -> None:
    assert best(np.array([0.2, 0.9, -0.1, 0.5], np.float32), top).tolist() == [1, 3, 0, 2][:top]


def test_finds_the_person_of_each_query(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Bob", "Cleo")
    matches = SearchIndex(fresh_db, DIGEST, person_scores).search(np.stack([embedding(2), embedding(0)]), top=2)
    assert [row[0].person.name for row in matches] == ["Cleo", "Ada"]
    assert [len(row) for row in matches] == [2, 2]
    assert matches[0][0].similarity == pytest.approx(1, abs=1e-5)
    assert matches[0][1].similarity == pytest.approx(
        max(embedding(2) @ embedding(0), embedding(2) @ embedding(1)), abs=1e-6
    )


def test_empty_database_matches_nobody(fresh_db: Database) -> None:
    assert SearchIndex(fresh_db, DIGEST, person_scores).search(embedding(0)[None]) == [[]]


def test_keeps_up_with_the_database(fresh_db: Database) -> None:
    index = SearchIndex(fresh_db, DIGEST, person_scores)
    query = embedding(0)[None]
    fresh_db.add_samples("Ada", [new_sample(0)])
    assert [match.person.name for match in index.search(query)[0]] == ["Ada"]
    fresh_db.rename("Ada", "Countess")
    assert [match.person.name for match in index.search(query)[0]] == ["Countess"]
    fresh_db.remove("Countess")
    assert index.search(query) == [[]]


def test_refuses_another_embedders_gallery(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    with pytest.raises(DatabaseError, match="reembed"):
        SearchIndex(fresh_db, "b" * 64, person_scores)

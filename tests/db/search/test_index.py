"""Search: the most similar people, and the index's keeping up with the database."""

import numpy as np
import pytest

from db import Database, DatabaseError, SearchIndex
from db.search.loaded import best
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


def test_one_enrolment_is_taken_up_without_reading_the_others_again(fresh_db: Database, monkeypatch) -> None:
    enrol(fresh_db, "Bob", "Ada")
    index = SearchIndex(fresh_db, DIGEST, person_scores)
    fresh_db.add_samples("Bob", [new_sample(7), new_sample(8)])
    assert index.search(embedding(8)[None])[0][0].person.name == "Bob"
    fresh_db.add_samples("Cleo", [new_sample(9)])
    assert index.search(embedding(9)[None])[0][0].person.name == "Cleo"
    kept, anew = index._loaded.gallery, fresh_db.gallery(DIGEST)
    np.testing.assert_array_equal(kept.embeddings, anew.embeddings)
    assert (kept.people, kept.starts.tolist(), kept.last) == (anew.people, anew.starts.tolist(), anew.last)


@pytest.mark.parametrize(
    "change",
    [
        lambda database: database.merge("Bob", "Ada"),
        lambda database: database.rename("Bob", "Zoe"),
        lambda database: database.remove("Bob"),
        lambda database: (database.remove("Bob"), database.add_samples("Ada", [new_sample(9)])),
    ],
)
def test_whatever_else_has_changed_is_taken_up_too(fresh_db: Database, change) -> None:
    enrol(fresh_db, "Bob", "Ada")
    index = SearchIndex(fresh_db, DIGEST, person_scores)
    change(fresh_db)
    index.search(embedding(0)[None])
    kept, anew = index._loaded.gallery, fresh_db.gallery(DIGEST)
    np.testing.assert_array_equal(kept.embeddings, anew.embeddings)
    assert (kept.people, kept.starts.tolist()) == (anew.people, anew.starts.tolist())


def test_a_search_as_loaded_stays_as_it_is(fresh_db: Database) -> None:
    enrol(fresh_db, "Bob")
    search = SearchIndex(fresh_db, DIGEST, person_scores).as_loaded()
    fresh_db.remove("Bob")
    assert search(embedding(0)[None])[0][0].person.name == "Bob"

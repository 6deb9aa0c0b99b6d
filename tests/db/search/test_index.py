"""Search against a naive loop, and the index's keeping up with the database."""

import numpy as np
import pytest
from numpy.typing import NDArray

from db import Database, DatabaseError, SearchIndex
from db.search.index import best, person_scores
from tests.people import DIGEST, embedding, enrol, new_sample


def naive_scores(similarities: NDArray[np.float32], starts: NDArray[np.intp], agreeing: int) -> list[list[float]]:
    return [
        [float(np.mean(sorted(samples)[-agreeing:])) for samples in np.split(row, starts[1:])] for row in similarities
    ]


def test_score_is_the_mean_of_the_three_most_similar_samples() -> None:
    similarities = np.array([[0.1, 0.9, 0.5, 0.7, 0.2, 0.4]], np.float32)
    scores = person_scores(similarities, np.array([0, 4]))
    np.testing.assert_allclose(scores, [[0.7, 0.3]], rtol=1e-6)


def test_equal_similarities_count_as_often_as_they_occur() -> None:
    scores = person_scores(np.array([[0.8, 0.8, 0.2, 0.8]], np.float32), np.array([0, 3]))
    np.testing.assert_allclose(scores, [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_a_thousand_embeddings_score_like_a_naive_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    people, queries, agreeing = random.integers(1, 1000), random.integers(1, 5), int(random.integers(1, 6))
    starts = np.sort(np.concatenate([[0], random.choice(np.arange(1, 1000), people - 1, replace=False)]))
    similarities = random.uniform(-1, 1, (queries, 1000)).astype(np.float32).round(2)  # rounded: with equal ones
    scores = person_scores(similarities, starts, agreeing)
    np.testing.assert_allclose(scores, naive_scores(similarities, starts, agreeing), atol=1e-5)


def test_scoring_leaves_the_similarities_as_they_are() -> None:
    similarities = np.array([[0.1, 0.9]], np.float32)
    person_scores(similarities, np.array([0]))
    np.testing.assert_array_equal(similarities, np.array([[0.1, 0.9]], np.float32))


def test_nobody_enrolled_scores_nobody() -> None:
    assert person_scores(np.empty((2, 0), np.float32), np.empty(0, np.intp)).shape == (2, 0)


@pytest.mark.parametrize("top", [1, 2, 4, 9])
def test_best_are_the_highest_in_order(top: int) -> None:
    assert best(np.array([0.2, 0.9, -0.1, 0.5], np.float32), top).tolist() == [1, 3, 0, 2][:top]


def test_finds_the_person_of_each_query(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Bob", "Cleo")
    matches = SearchIndex(fresh_db, DIGEST).search(np.stack([embedding(2), embedding(0)]), top=2)
    assert [row[0].person.name for row in matches] == ["Cleo", "Ada"]
    assert [len(row) for row in matches] == [2, 2]
    assert matches[0][0].similarity == pytest.approx(1, abs=1e-5)
    assert matches[0][1].similarity == pytest.approx(
        max(embedding(2) @ embedding(0), embedding(2) @ embedding(1)), abs=1e-6
    )


def test_empty_database_matches_nobody(fresh_db: Database) -> None:
    assert SearchIndex(fresh_db, DIGEST).search(embedding(0)[None]) == [[]]


def test_keeps_up_with_the_database(fresh_db: Database) -> None:
    index = SearchIndex(fresh_db, DIGEST)
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
        SearchIndex(fresh_db, "b" * 64)

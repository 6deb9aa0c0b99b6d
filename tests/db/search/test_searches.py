"""A large gallery is searched by a shortlist, and gives what a search of the whole gives."""

import numpy as np
import pytest

from db import Database, Gallery, SearchIndex
from db.people import gallery as loading
from db.records import LARGE, Person
from db.search.searches import ShortlistSearch, WholeSearch, search_of
from models.scores import person_scores
from tests.people import DIGEST, at, new_sample, units

PICTURES = 3


def gallery_of(people: int, kept_as: type = np.float32) -> Gallery:
    """People with three pictures each, which are like each other at a cosine of about .6."""
    each = np.repeat(units(people, seed=1), PICTURES, axis=0) + 0.8 * units(PICTURES * people, seed=2)
    each /= np.linalg.norm(each, axis=1, keepdims=True)
    everybody = [Person(number, f"Person {number}", at(0), PICTURES) for number in range(people)]
    return Gallery(1, each.astype(kept_as), everybody, np.arange(people) * PICTURES)


@pytest.mark.parametrize("kept_as", [np.float32, np.float16])
def test_a_shortlist_finds_whom_the_whole_search_finds_with_the_same_score(kept_as: type) -> None:
    gallery = gallery_of(2_000, kept_as)
    queries = units(2_000, seed=1)[:50] + 0.8 * units(50, seed=3)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    whole, shortlist = (search(gallery, person_scores)(queries) for search in (WholeSearch, ShortlistSearch))
    for person, (every, some) in enumerate(zip(whole, shortlist, strict=True)):
        assert len(some.people) < len(every.people)
        places = np.searchsorted(some.people, person)
        assert some.people[places] == some.people[some.scores.argmax()] == every.scores.argmax() == person
        np.testing.assert_allclose(some.scores, every.scores[some.people], atol=1e-6)
        np.testing.assert_allclose(some.nearest, every.nearest[some.people], atol=1e-6)


def test_a_gallery_of_half_precision_is_compared_in_single_precision() -> None:
    half = gallery_of(50, np.float16)
    cosines = half.cosines(half.embeddings[:2])
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, gallery_of(50).cosines(gallery_of(50).embeddings[:2]), atol=1e-3)


def test_only_large_galleries_are_searched_by_a_shortlist() -> None:
    assert isinstance(search_of(gallery_of(LARGE // PICTURES), person_scores), WholeSearch)
    assert isinstance(search_of(gallery_of(LARGE // PICTURES + 1, np.float16), person_scores), ShortlistSearch)


def test_a_large_gallery_is_kept_in_half_precision_and_grows(fresh_db: Database, monkeypatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 3)
    monkeypatch.setattr("db.search.searches.LARGE", 3)
    monkeypatch.setattr("db.search.searches.SHORTLIST", 3)
    for number in range(4):
        fresh_db.add_samples(f"Person {number}", [new_sample(number)])
    index = SearchIndex(fresh_db, DIGEST, person_scores)
    assert index.search(new_sample(2).embedding[None])[0][0].person.name == "Person 2"
    assert fresh_db.gallery(DIGEST).embeddings.dtype == np.float16
    fresh_db.add_samples("Zoe", [new_sample(9)])
    assert index.search(new_sample(9).embedding[None])[0][0].person.name == "Zoe"
    assert index._loaded.gallery.embeddings.dtype == np.float16
    assert index.has("zoe", new_sample(9).embedding) and not index.has("Zoe", new_sample(2).embedding)


def test_whoever_is_enrolled_while_a_gallery_is_read_is_read_too(fresh_db: Database, monkeypatch) -> None:
    fresh_db.add_samples("Ada", [new_sample(0)])
    fresh_db.add_samples("Bob", [new_sample(1)])
    counted = loading._room
    monkeypatch.setattr(loading, "_room", lambda session, after: counted(session, after) - 1)
    assert [person.name for person in fresh_db.gallery(DIGEST).people] == ["Ada", "Bob"]

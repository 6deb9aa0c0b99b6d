"""A gallery in shards decides as one in memory, also after one of them was lost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from db import Database, DatabaseAwayError, DatabaseError, SearchIndex
from db.people import gallery as loading
from db.records import Part
from models.scores import person_scores
from stream.cluster.shards import Shard, begun, joined, left_beside, shards
from stream.errors import StreamError
from tests import ray_cluster
from tests.people import DIGEST, new_sample

COUNT, PEOPLE = 2, 100
RANDOM = np.random.default_rng(0)


def face() -> np.ndarray:
    vector = RANDOM.standard_normal(512)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def like(vector: np.ndarray) -> np.ndarray:
    near = vector + 0.02 * RANDOM.standard_normal(512)
    return (near / np.linalg.norm(near)).astype(np.float32)


FACES = [face() for _ in range(PEOPLE)]
QUERIES = np.stack([*map(like, FACES[::5]), *(face() for _ in range(20))])


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "people.db") as database:
        for number, vector in enumerate(FACES):
            database.add_samples(f"Person {number}", [replace(new_sample(0), embedding=like(vector)) for _ in range(3)])
        yield database


def told(rows: list) -> list:
    return [[(match.person.name, round(match.similarity, 3)) for match in row] for row in rows]


def asking(database: Database, near) -> SearchIndex:
    return SearchIndex(database, DIGEST, person_scores, near=near)


@pytest.mark.parametrize("large", [PEOPLE * 3 + 1, 20])  # samples above which a shortlist is searched
def test_the_decision_is_that_of_a_gallery_in_memory(gallery, large, monkeypatch):
    monkeypatch.setattr("db.search.searches.LARGE", large)
    held = [Shard(gallery.place, DIGEST, Part(number, COUNT)) for number in range(COUNT)]
    assert [shard.count() for shard in held] == [PEOPLE // COUNT] * COUNT
    index = asking(gallery, lambda query: joined([shard.near(query) for shard in held]))
    whole = SearchIndex(gallery, DIGEST, person_scores)
    assert told(index.search(QUERIES)) == told(whole.search(QUERIES))
    assert told(index.search_namable(QUERIES)) == told(whole.search_namable(QUERIES))
    newcomer = face()
    gallery.add_samples("Zoe", [replace(new_sample(0), embedding=newcomer)])
    assert told(index.search(newcomer[None], top=1)) == [[("Zoe", 1.0)]]
    gallery.remove("Zoe")
    assert told(index.search(QUERIES)) == told(whole.search(QUERIES))


def test_a_shard_reads_of_an_enrolment_only_what_is_its_own(gallery, monkeypatch):
    held = [Shard(gallery.place, DIGEST, Part(number, COUNT)) for number in range(COUNT)]
    before = [shard._index.gallery for shard in held]
    person = gallery.add_samples("Zoe", [replace(new_sample(0), embedding=face())])
    rows: list[int] = []
    read = loading._read
    monkeypatch.setattr(loading, "_read", lambda some, people: rows.append(len(some)) or read(some, people))
    after = [shard._index.gallery for shard in held]
    assert [len(new.people) - len(old.people) for new, old in zip(after, before, strict=True)] == [
        int(person.id % COUNT == number) for number in range(COUNT)
    ]
    assert sum(rows) == 1


@pytest.mark.cluster
@pytest.mark.timeout(600)
def test_two_shards_on_two_nodes_and_one_that_is_lost(gallery):
    whole = told(SearchIndex(gallery, DIGEST, person_scores).search_namable(QUERIES))
    with ray_cluster.running() as nodes, shards(nodes.address, gallery.place, DIGEST, COUNT) as near:
        index = asking(gallery, near)
        assert told(index.search_namable(QUERIES)) == whole
        nodes.kill_a_worker("ray::Shard")
        assert told(wait_for(index)) == whole


def wait_for(index: SearchIndex) -> list:
    for _ in range(80):
        try:
            index.search(QUERIES[:1])
        except DatabaseAwayError:
            continue
        return index.search_namable(QUERIES)
    raise AssertionError("the shard did not come back")


def test_too_few_machines_for_all_shards_are_told():
    nodes = [{"Alive": alive, "Resources": {"CPU": 1.0}} for alive in (True, True, False)]
    ray = SimpleNamespace(nodes=lambda: nodes)
    with pytest.raises(StreamError, match=r"^The cluster has room for 4 shards, 0\.5 CPUs each: add machines"):
        begun(ray, "postgresql://server/people", DIGEST, 5)


def test_shards_are_spread_over_the_machines():
    assert left_beside(0, [1.0, 4.0]) == [4.0, 1.0]
    assert left_beside(3, [1.0, 2.0, 1.5]) == [1.0, 1.0, 1.0]


def test_another_embedder_is_refused(gallery):
    with pytest.raises(DatabaseError, match="another embedder"):
        Shard(gallery.place, "b" * 64, Part(0, COUNT)).count()

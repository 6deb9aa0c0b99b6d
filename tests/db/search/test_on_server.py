"""PostgreSQL's own index decides as the gallery in memory does, and follows every change."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import text

from db import Database, DatabaseAwayError, DatabaseError, NewSample, SearchIndex
from db.schema.history import NegativeRow
from db.search import on_server
from db.vectors import as_stored
from models.scores import person_scores
from tests.people import DIGEST, new_sample
from tests.postgresql import Server, programs, programs_with_vectors, running_or_skipped

pytestmark = pytest.mark.cluster

PEOPLE, PICTURES = 150, 2
RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_or_skipped(vectors=True) as started:
        yield started


def like(vector: np.ndarray, noise: float = 0.02) -> np.ndarray:
    near = vector + noise * RANDOM.standard_normal(512)
    return (near / np.linalg.norm(near)).astype(np.float32)


def pictures_of(face: np.ndarray, count: int = PICTURES) -> list[NewSample]:
    return [replace(new_sample(0), embedding=like(face)) for _ in range(count)]


FACES = [like(np.zeros(512), 1.0) for _ in range(PEOPLE)]


@pytest.fixture(scope="module")
def filled(server: Server) -> Iterator[Database]:
    with Database.open(server.new_database()) as database:
        for number, face in enumerate(FACES):
            database.add_samples(f"Person {number}", pictures_of(face))
        yield database


@pytest.fixture
def database(filled: Database) -> Iterator[Database]:
    yield filled
    on_server.drop(filled)


def index_of(database: Database, **more) -> SearchIndex:
    return SearchIndex(database, DIGEST, person_scores, **more)


def told(rows: list) -> list:
    return [[(match.person.name, round(match.similarity, 3)) for match in row] for row in rows]


def test_it_decides_as_the_gallery_in_memory(database):
    queries = np.stack([*map(like, FACES[::3]), *(like(np.zeros(512), 1.0) for _ in range(20))])
    held = index_of(database)
    first, all_of_them, one = held.search(queries, top=1), held.search_namable(queries), held.match(7, queries[0])
    ignoring = {"ignoring": lambda: lambda faces, nearest: nearest > 0.5}
    unwanted = index_of(database, **ignoring).search_namable(queries)
    on_server.create(database)
    asked = index_of(database)
    assert told(asked.search(queries, top=1)) == told(first)
    assert [row[:1] for row in told(asked.search_namable(queries))] == [row[:1] for row in told(all_of_them)]
    assert told([[asked.match(7, queries[0])]]) == told([[one]])
    assert [not row for row in index_of(database, **ignoring).search_namable(queries)] == [not row for row in unwanted]
    assert len(asked.gallery.embeddings) == PEOPLE * PICTURES


def test_half_precision_is_that_of_others(database):
    on_server.create(database)
    with database.reading() as session:
        rows = session.execute(text("SELECT embedding, doorman_halves(embedding)::text FROM sample LIMIT 20")).all()
    for stored, halves in rows:
        wanted = np.frombuffer(stored, "<f4").astype(np.float16)
        assert np.array(halves.strip("[]").split(","), np.float32) == pytest.approx(wanted.astype(np.float32), rel=1e-3)


def test_running_programs_take_to_it_and_leave_it_and_every_change_is_in_it(database):
    running_since = index_of(database)
    assert isinstance(running_since.gallery.people, list)
    on_server.create(database)

    def names(face: np.ndarray) -> list[str]:
        return [match.person.name for match in running_since.search(face[None], top=1)[0]]

    newcomer = like(np.zeros(512), 1.0)
    database.add_samples("Zoe", pictures_of(newcomer))
    assert names(newcomer) == ["Zoe"]
    assert running_since.has("zoe", database_face(database, "Zoe")) and not running_since.has("Zoe", FACES[0])
    with database.writing() as session:
        zoe = database.person("Zoe").id
        session.add(NegativeRow(person_id=zoe, digest=DIGEST, embedding=as_stored(newcomer)))
        on_server.note_change(session)
    assert running_since.as_loaded()(newcomer[None]) == [[]]
    database.set_aside("Zoe")
    assert names(newcomer) != ["Zoe"]
    database.set_aside("Zoe", aside=False)
    database.remove("Zoe")
    assert names(newcomer) != ["Zoe"]
    on_server.drop(database)
    assert names(FACES[5]) == ["Person 5"]
    assert len(running_since._loaded.gallery.people) == PEOPLE


def database_face(database: Database, name: str) -> np.ndarray:
    return database.gallery_of(database.person(name).id).embeddings[0]


def test_the_graph_has_room_in_the_servers_memory_while_it_is_built_unless_less_is_wished(server, monkeypatch):
    monkeypatch.setattr(on_server, "GRAPH_BYTES", 200 << 20)
    url, asked = server.new_database(), text("SHOW maintenance_work_mem")
    with Database.open(url) as database:
        database.add_samples("Ada", pictures_of(FACES[0], 1))
        on_server.create(database)
        with database.at_once() as connection:
            usual = connection.scalar(asked)
            on_server._make_room(connection)
            assert connection.scalar(asked) == "200MB" != usual
        with database.at_once() as connection:
            assert connection.scalar(asked) == usual, "others have what they had"
    with Database.open(f"{url}&options=-c%20maintenance_work_mem%3D70MB") as less, less.at_once() as connection:
        on_server._make_room(connection)
        assert connection.scalar(asked) == "70MB"


def test_the_halves_that_are_put_in_are_those_that_the_server_makes_of_newcomers(database):
    on_server.create(database)
    with database.reading() as session:
        apart = session.scalars(
            text("SELECT halves <-> doorman_halves(embedding) FROM sample JOIN sample_near ON sample_id = id")
        ).all()
    assert len(apart) == PEOPLE * PICTURES
    assert max(apart) < 1e-3, "the server's are rounded otherwise"


def test_a_damaged_embedding_is_told(server):
    with Database.open(server.new_database()) as database:
        database.add_samples("Ada", pictures_of(FACES[0]))
        with database.writing() as session:
            session.execute(text("UPDATE sample SET embedding = substr(embedding, 1, 9) WHERE id = 2"))
        with pytest.raises(DatabaseError, match="An embedding of picture 2 is damaged"):
            on_server.create(database)
        assert not on_server.is_there(database)


def test_another_embedder_is_refused(database):
    on_server.create(database)
    with pytest.raises(DatabaseError, match="another embedder"):
        SearchIndex(database, "b" * 64, person_scores)


def test_that_the_server_is_away_is_told_to_whoever_searches(server):
    with Database.open(server.new_database()) as database:
        database.add_samples("Ada", pictures_of(FACES[0]))
        on_server.create(database)
        search = index_of(database).as_loaded()
        assert told(search(FACES[0][None]))[0][0][0] == "Ada"
        server.stop()
        try:
            with pytest.raises(DatabaseAwayError):
                search(FACES[0][None])
        finally:
            server.start()
        assert told(search(FACES[0][None]))[0][0][0] == "Ada"


def test_a_file_has_none(fresh_db):
    with pytest.raises(DatabaseError, match="Only a PostgreSQL server searches by an index of its own"):
        on_server.create(fresh_db)
    on_server.drop(fresh_db)
    assert not on_server.is_there(fresh_db)


def test_another_driver_cannot_fill_it():
    served = SimpleNamespace(place="people at host", is_postgresql=True, is_psycopg=False)
    with pytest.raises(DatabaseError, match=r"people at host .* write the address as postgresql\+psycopg://"):
        on_server.create(served)


@pytest.mark.parametrize(("version", "sentence"), [(None, "has no pgvector"), ("0.5.1", r"has pgvector 0\.5\.1")])
def test_what_the_server_lacks_is_told_with_the_remedy(version, sentence):
    class Lacking:
        def scalar(self, _statement):
            return version

    with pytest.raises(DatabaseError, match=rf"{sentence}: install version 0\.7 or later"):
        on_server._extend(Lacking(), "people at host")


def test_a_server_without_it_is_told_so():
    """Debian's own, without the package of pgvector."""
    with running_or_skipped() as server, Database.open(server.new_database()) as database:
        if programs() == programs_with_vectors():
            pytest.skip("the server has pgvector")
        with pytest.raises(DatabaseError, match=r"^The server of .* has no pgvector: install version 0\.7 or [^\n]*$"):
            on_server.create(database)
        assert not on_server.is_there(database)


def test_who_may_not_add_it_is_told_who_can(server):
    url = server.new_database()
    with Database.open(url) as database, database.at_once() as connection:
        connection.execute(text("CREATE ROLE guest LOGIN"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest"))
    refused = pytest.raises(DatabaseError, match="have its administrator run CREATE EXTENSION vector")
    with Database.open(url.replace("tester@", "guest@")) as database, refused:
        on_server.create(database)

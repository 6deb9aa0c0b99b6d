"""With which embedder a gallery is searched."""

from types import SimpleNamespace

import pytest

from db import Database, DatabaseError
from models.errors import ModelError
from stream.gallery import embedder
from stream.gallery.embedder import embedder_at, embedder_of, refuse_another
from tests.people import DIGEST, new_sample


def network(name: str, sha256: str) -> SimpleNamespace:
    entry = SimpleNamespace(name=name, sha256=sha256, path=f"weights/{name}.onnx", default=name == "default")
    entry.verified = lambda: entry
    return entry


@pytest.fixture(autouse=True)
def ships(monkeypatch):
    """Ships the default, and the one by which the tests' people are enrolled."""
    entries = [network("default", "d" * 64), network("other", DIGEST)]
    monkeypatch.setattr(embedder, "all_shipped", lambda task: entries)
    monkeypatch.setattr(embedder, "find", lambda task, name: network(name or "default", ""))
    return entries


def test_a_gallery_goes_on_with_the_shipped_embedder_that_made_it(fresh_db):
    assert embedder_of(fresh_db).name == "default"
    fresh_db.add_samples("Ada", [new_sample(1)])
    assert embedder_of(fresh_db).name == "other"


def test_an_embedder_that_is_named_is_taken(fresh_db):
    fresh_db.add_samples("Ada", [new_sample(1)])
    assert embedder_of(fresh_db, "mine.onnx").name == "mine.onnx"


def test_a_gallery_of_an_embedder_that_does_not_ship_is_for_the_default_to_refuse(fresh_db, ships):
    fresh_db.add_samples("Ada", [new_sample(1)])
    del ships[1]
    assert embedder_of(fresh_db).name == "default"


def test_an_altered_file_is_told_rather_than_replaced_by_another(fresh_db, ships):
    def verified():
        raise ModelError("altered")

    fresh_db.add_samples("Ada", [new_sample(1)])
    ships[1].verified = verified
    with pytest.raises(ModelError, match="altered"):
        embedder_of(fresh_db)


def test_another_than_that_of_the_gallery_is_refused_by_name_with_the_commands_that_help(fresh_db, ships):
    default, other = ships
    mine = network("mine", "e" * 64)
    refuse_another(fresh_db, default)  # nobody is enrolled
    fresh_db.add_samples("Ada", [new_sample(1)])
    refuse_another(fresh_db, other)
    made = "The people were enrolled with another embedder than"
    for used, reembed in (
        (default, "doorman reembed"),
        (mine, "doorman reembed --embedder weights/mine.onnx"),
    ):
        with pytest.raises(DatabaseError) as caught:
            refuse_another(fresh_db, used)
        assert str(caught.value) == (
            f"{made} {used.name}, with other: leave --embedder out, or rebuild the gallery with `{reembed}`."
        )
    ships.remove(other)
    with pytest.raises(DatabaseError) as caught:
        refuse_another(fresh_db, default)
    assert str(caught.value) == (
        f"{made} default, with one that is not shipped (sha256 {DIGEST[:12]}...): name its file with --embedder, or "
        "rebuild the gallery with `doorman reembed`."
    )
    ships.append(mine)
    with pytest.raises(DatabaseError, match="`doorman reembed --embedder mine`"):
        refuse_another(fresh_db, mine)


def test_a_database_that_is_not_open_tells_it_too(tmp_path):
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        database.add_samples("Ada", [new_sample(1)])
    assert embedder_at(str(place)).name == "other"

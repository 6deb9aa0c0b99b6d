"""An exported person comes back, into the same database or another, and nothing twice."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from db import Database, DatabaseError, Event, SightingWriter
from db.people.exported import CropEmbedder, read_export
from tests.people import DIGEST, at, embedding, enrol, new_sample, picture, untold


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Ada with two pictures, seen with a snapshot, as files."""
    with Database.open("sqlite://") as database:
        enrol(database, "Somebody", "else")
        ada = database.add_samples("Ada", [new_sample(1, crop=b"one"), new_sample(2, crop=b"two")])
        with SightingWriter(database) as writer:
            key = writer.open("door", at(0))
            writer.name(key, ada.id, 0.5, picture(tmp_path / "seen.jpg", b"her face"))
            writer.note(Event(at(0), "door", "named", 7, name="Ada", similarity=0.5), key, untold)
        return database.export("Ada", tmp_path / "out")


def test_all_of_a_person_comes_back(exported: Path, fresh_db: Database, tmp_path: Path) -> None:
    person = fresh_db.add_exported(read_export(exported), tmp_path / "snapshots")
    told = json.loads((exported / "person.json").read_text("utf-8"))
    assert (person.name, person.samples) == ("Ada", 2)
    assert person.created.isoformat(timespec="milliseconds") == told["created"]
    gallery = fresh_db.gallery(DIGEST)
    np.testing.assert_array_equal(gallery.embeddings, [embedding(1), embedding(2)])
    assert [fresh_db.crop(sample.id) for sample in fresh_db.samples("Ada")] == [b"one", b"two"]
    (sighting,) = fresh_db.sightings(name="Ada")
    assert (sighting.camera, sighting.first_seen, sighting.similarity) == ("door", at(0), 0.5)
    assert Path(sighting.snapshot or "").read_bytes() == b"her face"
    assert Path(sighting.snapshot or "").parent == tmp_path / "snapshots"
    assert [(event.event, event.track, event.name) for event in fresh_db.events()] == [("named", 7, "Ada")]


def test_what_is_there_already_is_not_doubled(exported: Path, fresh_db: Database, tmp_path: Path) -> None:
    fresh_db.add_samples("ADA", [new_sample(5, crop=b"other")])
    for _ in range(2):
        person = fresh_db.add_exported(read_export(exported), tmp_path / "snapshots")
    assert (person.name, person.samples) == ("ADA", 3)
    assert len(fresh_db.sightings()) == len(fresh_db.events()) == 1
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def test_a_sighting_that_was_never_gone_is_not_doubled_although_exports_tell_milliseconds(
    fresh_db: Database, tmp_path: Path
) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        began = at(0) + timedelta(microseconds=123_456)
        writer.name(writer.open("door", began), ada, 0.5)
    fresh_db.add_exported(read_export(fresh_db.export("Ada", tmp_path / "out")), tmp_path / "snapshots")
    assert [seen.first_seen for seen in fresh_db.sightings()] == [began]


def test_nobody_is_recognized_by_what_was_set_aside_or_dropped(fresh_db: Database, tmp_path: Path) -> None:
    enrol(fresh_db, "Somebody")
    fresh_db.add_samples("Ada", [new_sample(seed, crop=b"crop %d" % seed) for seed in (1, 2, 3)])
    mine = [sample.id for sample in fresh_db.samples("Ada")]
    fresh_db.set_aside(mine[0])
    fresh_db.drop(mine[1])
    folder = fresh_db.export("Ada", tmp_path)
    fresh_db.remove("Ada")
    assert fresh_db.add_exported(read_export(folder), tmp_path).samples == 1
    assert [(fresh_db.crop(one.id), one.aside) for one in fresh_db.samples("Ada")] == [
        (b"crop 1", True),
        (b"crop 3", False),
    ]
    np.testing.assert_array_equal(fresh_db.gallery(DIGEST).embeddings[-1], embedding(3))


def test_somebody_who_was_set_aside_comes_back_so(fresh_db: Database, tmp_path: Path) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.set_aside("Ada")
    folder = fresh_db.export("Ada", tmp_path)
    fresh_db.remove("Ada")
    fresh_db.add_exported(read_export(folder), tmp_path)
    assert [person.name for person in fresh_db.people(aside=True)] == ["Ada"]
    assert [person.name for person in fresh_db.people()] == ["Bob"]


def test_running_processes_take_notice(exported: Path, fresh_db: Database, tmp_path: Path) -> None:
    before = fresh_db.generation()
    fresh_db.add_exported(read_export(exported), tmp_path)
    assert fresh_db.generation() > before


def test_another_embedders_are_refused_unless_they_are_made_anew(
    exported: Path, fresh_db: Database, tmp_path: Path
) -> None:
    fresh_db.add_samples("Bob", [new_sample(9, digest="b" * 64)])
    with pytest.raises(DatabaseError, match=r"another embedder .*reembed"):
        fresh_db.add_exported(read_export(exported), tmp_path)
    assert [person.name for person in fresh_db.people()] == ["Bob"]
    embedder = CropEmbedder(lambda crop: embedding(len(crop)), "b" * 64)
    assert fresh_db.add_exported(read_export(exported, embedder), tmp_path).samples == 2
    assert len(fresh_db.gallery("b" * 64).embeddings) == 3


def test_an_export_of_0_1_0_comes_back_embedded_anew(exported: Path, fresh_db: Database, tmp_path: Path) -> None:
    (exported / "embeddings.npy").unlink()
    told = json.loads((exported / "person.json").read_text("utf-8"))
    for sighting in told["sightings"]:
        del sighting["picture"]
    (exported / "person.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(DatabaseError, match="--reembed"):
        read_export(exported)
    embedder = CropEmbedder(lambda crop: embedding(len(crop)), DIGEST)
    assert fresh_db.add_exported(read_export(exported, embedder), tmp_path).samples == 2


@pytest.mark.parametrize("damage", ["{no", "[]", "{}", '{"name": 5}', None])
def test_anything_else_is_told(exported: Path, damage: str | None) -> None:
    if damage is None:
        (exported / "1.jpg").unlink(missing_ok=True)
        for picture in exported.glob("*.jpg"):
            picture.unlink()
    else:
        (exported / "person.json").write_text(damage)
    with pytest.raises(DatabaseError, match="is not what `doorman people export` has written"):
        read_export(exported)


def test_a_picture_from_elsewhere_is_not_read(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    told = json.loads((exported / "person.json").read_text("utf-8"))
    told["samples"][0]["picture"] = "../../secret"
    (exported / "person.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(DatabaseError, match="lies elsewhere"):
        read_export(exported)


def test_a_snapshot_never_takes_the_place_of_another_file(exported: Path, fresh_db: Database, tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "Ada-1.jpg").write_bytes(b"somebody else's")
    with pytest.raises(DatabaseError, match="choose another folder with --snapshots"):
        fresh_db.add_exported(read_export(exported), tmp_path / "snapshots")
    assert (tmp_path / "snapshots" / "Ada-1.jpg").read_bytes() == b"somebody else's"


def test_pictures_that_could_not_be_written_are_by_the_next_import(
    exported: Path, fresh_db: Database, tmp_path: Path
) -> None:
    (tmp_path / "full").touch()  # no folder can be made there
    with pytest.raises(DatabaseError, match="cannot be written"):
        fresh_db.add_exported(read_export(exported), tmp_path / "full")
    fresh_db.add_exported(read_export(exported), tmp_path / "snapshots")
    (sighting,) = fresh_db.sightings(name="Ada")
    assert Path(sighting.snapshot or "").read_bytes() == b"her face"
    assert Path(sighting.snapshot or "").parent == tmp_path / "snapshots"

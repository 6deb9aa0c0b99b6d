"""People and their samples, through the façade."""

import dataclasses
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from db import Database, DatabaseError, NewSample, SightingWriter, UnknownPersonError
from tests.people import DIGEST, at, embedding, enrol, new_sample, picture


def test_creates_a_person_with_their_first_samples(fresh_db: Database) -> None:
    person = fresh_db.add_samples("Ada", [new_sample(1), new_sample(2)])
    assert (person.name, person.samples) == ("Ada", 2)
    assert person.created.tzinfo is UTC
    assert fresh_db.people() == [person]
    assert fresh_db.person("ada") == person


def test_adds_to_a_person_in_any_spelling(fresh_db: Database) -> None:
    fresh_db.add_samples("René", [new_sample(1)])
    assert fresh_db.add_samples(" RENE\u0301", [new_sample(2)]).samples == 2
    assert [person.name for person in fresh_db.people()] == ["René"]


def test_gives_samples_and_crops_back(fresh_db: Database) -> None:
    fresh_db.add_samples("Ada", [new_sample(1, crop=b"one"), dataclasses.replace(new_sample(2), forced=True)])
    first, second = fresh_db.samples("Ada")
    assert (first.digest, first.quality, first.source, first.forced) == (DIGEST, 0.5, "1.jpg", False)
    assert second.forced
    assert fresh_db.crop(first.id) == b"one"


def test_a_source_whose_name_is_not_utf_8_is_kept_with_escapes(fresh_db: Database) -> None:
    fresh_db.add_samples("Ada", [dataclasses.replace(new_sample(1), source="caf\udce9.jpg")])
    assert [sample.source for sample in fresh_db.samples("Ada")] == [r"caf\udce9.jpg"]


def test_unknown_sample_has_no_crop(fresh_db: Database) -> None:
    with pytest.raises(DatabaseError, match="no sample 7"):
        fresh_db.crop(7)


BAD_SAMPLES = [
    dataclasses.replace(new_sample(1), embedding=embedding(1) * 2),
    dataclasses.replace(new_sample(1), embedding=np.full(512, np.nan, np.float32)),
    dataclasses.replace(new_sample(1), embedding=embedding(1)[:128]),
    dataclasses.replace(new_sample(1), crop=b""),
    new_sample(1, digest="b" * 64),
]


@pytest.mark.parametrize("bad", BAD_SAMPLES)
def test_enrols_all_or_nothing(fresh_db: Database, bad: object) -> None:
    with pytest.raises(DatabaseError):
        fresh_db.add_samples("Ada", [new_sample(0), bad])  # type: ignore[list-item]
    assert fresh_db.people() == []
    assert fresh_db.generation() == 0


def test_enrolling_nothing_is_refused(fresh_db: Database) -> None:
    with pytest.raises(DatabaseError, match="no face to enrol for Ada"):
        fresh_db.add_samples("Ada", [])


def test_unknown_name_suggests_similar_ones(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada Lovelace", "Alan Turing")
    with pytest.raises(UnknownPersonError, match="did you mean Ada Lovelace"):
        fresh_db.person("Ada Lovelase")
    with pytest.raises(UnknownPersonError, match="people list"):
        fresh_db.person("zzz")


def test_of_very_many_names_those_near_in_the_alphabet_and_those_that_hold_the_wrong_one_are_suggested(
    fresh_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.people.people.NEARBY", 1)
    enrol(fresh_db, "Ada Lovelace", "Alan Turing", "Bob", "Cleo", "Zoe of Alan")
    with pytest.raises(UnknownPersonError, match=r"did you mean Alan Turing\?"):
        fresh_db.person("Alan Turin")
    with pytest.raises(UnknownPersonError, match=r"did you mean Alan Turing or Zoe of Alan\?"):
        fresh_db.person("alan")


@pytest.mark.parametrize(("name", "reason"), [("", "empty"), ("\0", "empty"), ("a" * 201, "longer than 200")])
def test_nobody_has_a_name_that_none_can_have(fresh_db: Database, name: str, reason: str) -> None:
    with pytest.raises(UnknownPersonError, match=reason):
        fresh_db.person(name)


def test_people_come_in_the_order_of_their_names(fresh_db: Database) -> None:
    enrol(fresh_db, "bob", "Zoe", "Ada")
    assert [person.name for person in fresh_db.people()] == ["Ada", "bob", "Zoe"]


def test_people_come_page_by_page_and_by_a_part_of_their_names_in_any_spelling(fresh_db: Database) -> None:
    enrol(fresh_db, "bob", "Zoe", "Ada", "Bobby", "Ro_b", "Straße")
    fresh_db.set_aside("Bobby")
    found, total = fresh_db.page_of_people(1, 2)
    assert ([person.name for person in found], total) == (["bob", "Ro_b"], 5)
    for like, names in {"OB": ["bob"], "_": ["Ro_b"], "%": [], "STRASSE": ["Straße"], " ": fresh_db.names(9)}.items():
        assert [person.name for person in fresh_db.page_of_people(0, 9, like)[0]] == names
    assert fresh_db.page_of_people(0, 9, "ob" * 100_000) == ([], 0)  # longer than a pattern may be
    assert fresh_db.names(2) == ["Ada", "bob"]


def test_who_is_renamed_is_the_same_person_by_the_new_name_alone(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    assert fresh_db.rename("ada", "Countess").id == ada
    assert fresh_db.rename("countess", "COUNTESS").name == "COUNTESS"
    with pytest.raises(UnknownPersonError):
        fresh_db.person("Ada")


def test_does_not_rename_to_somebody_else(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Bob")
    with pytest.raises(DatabaseError, match="BOB is somebody else"):
        fresh_db.rename("Ada", "BOB")
    assert [person.name for person in fresh_db.people()] == ["Ada", "Bob"]


def test_merges_samples_and_sightings(fresh_db: Database) -> None:
    _, twin = enrol(fresh_db, "Ada", "Ada 2")
    with SightingWriter(fresh_db) as writer:
        writer.name(writer.open("door", at(0)), twin)
    assert fresh_db.merge("Ada 2", "Ada").samples == 2
    assert [person.name for person in fresh_db.people()] == ["Ada"]
    assert [sighting.person for sighting in fresh_db.sightings()] == ["Ada"]


def like(fresh_db: Database, seed: int, name: str) -> NewSample:
    return dataclasses.replace(new_sample(seed), like=fresh_db.person(name).id)


def test_whom_a_sample_is_like_is_told_of_its_person_until_they_are_erased(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Cleo")
    fresh_db.add_samples("Bob", [like(fresh_db, 5, "Cleo"), like(fresh_db, 6, "Ada"), like(fresh_db, 7, "Ada")])
    assert [person.like for person in fresh_db.people()] == [(), ("Ada", "Cleo"), ()]
    fresh_db.remove("Ada")
    assert {person.name: person.like for person in fresh_db.people()} == {"Bob": ("Cleo",), "Cleo": ()}


def test_who_is_merged_is_not_like_themselves(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada", "Cleo")
    fresh_db.add_samples("Bob", [like(fresh_db, 5, "Ada")])
    fresh_db.merge("Ada", "Cleo")
    assert {person.name: person.like for person in fresh_db.people()} == {"Bob": ("Cleo",), "Cleo": ()}
    fresh_db.merge("Cleo", "Bob")
    assert [person.like for person in fresh_db.people()] == [()]


def test_somebody_like_whom_a_sample_was_may_be_erased_before_it_is_kept(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    sample = like(fresh_db, 5, "Ada")
    fresh_db.remove("Ada")
    fresh_db.add_samples("Bob", [sample])
    assert fresh_db.person("Bob").samples == 1


def test_does_not_merge_a_person_into_themselves(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    with pytest.raises(DatabaseError, match="into themselves"):
        fresh_db.merge("Ada", "ADA")
    assert fresh_db.person("Ada").samples == 1


def test_removing_erases_everything_of_a_person(fresh_db: Database, tmp_path: Path) -> None:
    ada, bob = enrol(fresh_db, "Ada", "Bob")
    face, other = tmp_path / "ada.jpg", tmp_path / "bob.jpg"
    with SightingWriter(fresh_db) as writer:
        writer.name(writer.open("door", at(0)), ada, snapshot=picture(face))
        writer.name(writer.open("door", at(0)), bob, snapshot=picture(other))
        writer.open("door", at(0))
    erased = fresh_db.remove("Ada")
    assert (erased.samples, erased.sightings, erased.snapshots) == (1, 1, 1)
    assert [person.name for person in fresh_db.people()] == ["Bob"]
    assert [sighting.person for sighting in fresh_db.sightings()] == ["Bob", None]
    assert not face.exists()
    assert other.exists()


def test_keeps_a_person_whose_snapshot_cannot_be_deleted(fresh_db: Database, tmp_path: Path) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        writer.name(writer.open("door", at(0)), ada, snapshot=picture(tmp_path / "1.jpg"))
    (tmp_path / "1.jpg").unlink()
    (tmp_path / "1.jpg").mkdir()
    with pytest.raises(DatabaseError, match="cannot be deleted"):
        fresh_db.remove("Ada")
    assert fresh_db.person("Ada").samples == 1


def test_nothing_of_an_erased_face_remains_in_the_files(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as database:
        database.add_samples("Ada", [new_sample(1, crop=b"the face of Ada" * 500)])
        assert any(b"the face of Ada" in file.read_bytes() for file in tmp_path.iterdir())
        database.remove("Ada")
        assert not any(b"the face of Ada" in file.read_bytes() for file in tmp_path.iterdir())


def test_ids_of_erased_people_do_not_come_back(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    fresh_db.remove("Ada")
    assert enrol(fresh_db, "Bob") != [ada]


def test_generation_grows_with_every_change_of_people_and_settings_and_only_then(fresh_db: Database) -> None:
    generations = [fresh_db.generation()]
    for change in (
        lambda: enrol(fresh_db, "Ada", "Bob"),
        lambda: fresh_db.rename("Ada", "Ada L"),
        lambda: fresh_db.merge("Ada L", "Bob"),
        lambda: fresh_db.remove("Bob"),
        lambda: fresh_db.set_setting("threshold", 0.3),
    ):
        change()
        generations.append(fresh_db.generation())
    assert generations == sorted(set(generations))
    fresh_db.people()
    assert fresh_db.generation() == generations[-1]


def test_gallery_is_sorted_by_person(fresh_db: Database) -> None:
    for seed, name in enumerate(["Bob", "Ada", "Bob"]):
        fresh_db.add_samples(name, [new_sample(seed)])
    gallery = fresh_db.gallery(DIGEST)
    assert [(person.name, person.samples) for person in gallery.people] == [("Bob", 2), ("Ada", 1)]
    assert gallery.starts.tolist() == [0, 2]
    np.testing.assert_array_equal(gallery.embeddings, np.stack([embedding(0), embedding(2), embedding(1)]))


def test_gallery_refuses_another_embedder(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    with pytest.raises(DatabaseError, match=r"aaaaaaaaaaaa.*bbbbbbbbbbbb.*reembed"):
        fresh_db.gallery("b" * 64)


def test_settings_hold_what_json_holds(fresh_db: Database) -> None:
    assert fresh_db.setting("threshold", 0.4) == 0.4
    for value in ({"far": 0.01, "name": "René"}, [1, None], None):
        fresh_db.set_setting("threshold", value)
        assert fresh_db.setting("threshold", 0.4) == value

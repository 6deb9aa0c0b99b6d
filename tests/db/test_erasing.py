"""A sighting is erased with its pictures, and nothing of the face is left; all else stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from db import Database, DatabaseError, SightingWriter
from db.erasing import erase_sighting
from db.evidence.evidence import EvidenceOf
from db.history.correcting import correct
from db.history.history import History
from db.unknowns.unknowns import Unknowns
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.people import at, enrol, new_sample, picture
from tests.strangers import keep, new_stay
from tests.waiting import wait_for

FACE = b"the face of somebody" * 500


def test_its_snapshot_goes_and_the_others_stay(fresh_db: Database, tmp_path: Path) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    files = [tmp_path / "1.jpg", tmp_path / "2.jpg"]
    for number, file in enumerate(files):
        with SightingWriter(fresh_db) as writer:
            writer.name(writer.open("door", at(3600 * number)), ada, snapshot=picture(file))
    generation = fresh_db.generation()
    erased = erase_sighting(fresh_db, 1)
    assert (erased.samples, erased.sightings, erased.snapshots) == (0, 1, 1)
    assert [one.id for one in fresh_db.sightings()] == [2]
    assert [file.exists() for file in files] == [False, True]
    assert fresh_db.person("Ada").samples == 1 and fresh_db.generation() > generation
    with pytest.raises(DatabaseError, match="There is no sighting 1"):
        erase_sighting(fresh_db, 1)


def test_nothing_of_the_face_remains_in_the_files(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as database:
        ada, grace = enrol(database, "Ada", "Grace")
        seen(database, ada, *(replace(new_look(ada, crop=FACE, seed=seed), offered=FACE) for seed in (8, 9)))
        correct(database, 1, "Grace")  # from now on the face is held against Ada
        seen(database, grace, new_look(grace, crop=b"another face"), first=3600)
        keep(database, new_stay(unit(1), portrait=FACE), first=7200)
        keep(database, new_stay(unit(0, 1), portrait=b"another portrait"), first=7300)
        assert any(b"the face of somebody" in file.read_bytes() for file in tmp_path.iterdir())
        erase_sighting(database, 1)
        assert erase_sighting(database, 3).strangers == 1
        assert not any(b"the face of somebody" in file.read_bytes() for file in tmp_path.iterdir())
        assert [crop for _, crop in EvidenceOf(database).crops(2)] == [b"another face"]
        assert [one.id for one in Unknowns(database).everybody()] == [2]


def test_what_was_decided_about_it_goes_and_other_decisions_stay(fresh_db: Database) -> None:
    ada, _ = enrol(fresh_db, "Ada", "Grace")
    for first in (0, 3600):
        seen(fresh_db, ada, new_look(ada), first=first)
        correct(fresh_db, 1 if first == 0 else 2, "Grace")
    erase_sighting(fresh_db, 1)
    sentences = [one.sentence for one in History(fresh_db).decisions(limit=2)]
    assert sentences == ["Sighting 2 is Grace's, not Ada's.", "1 picture of Grace enrolled."]


def test_one_that_goes_on_stays_erased(fresh_db: Database) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db, interval=0.01) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada)
        wait_for(lambda: fresh_db.sightings(name="Ada"))
        erase_sighting(fresh_db, 1)
        writer.extend(key, at(5), 0.7)
        writer.close(key, at(6))
    assert fresh_db.sightings() == []


def test_one_whose_snapshot_cannot_be_deleted_is_kept(fresh_db: Database, tmp_path: Path) -> None:
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        writer.name(writer.open("door", at(0)), ada, snapshot=picture(tmp_path / "1.jpg"))
    (tmp_path / "1.jpg").unlink()
    (tmp_path / "1.jpg").mkdir()
    with pytest.raises(DatabaseError, match="cannot be deleted"):
        erase_sighting(fresh_db, 1)
    assert [one.person for one in fresh_db.sightings()] == ["Ada"]


def test_a_stranger_who_was_named_by_it_is_known_by_the_pictures_that_were_enrolled(fresh_db: Database) -> None:
    keep(fresh_db, new_stay(unit(1), portrait=FACE))
    Unknowns(fresh_db).name(1, "Ada", [new_sample(5)])
    erase_sighting(fresh_db, 1)
    assert fresh_db.person("Ada").samples == 1

"""What `doctor` finds, and what it does not tell."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import cv2
import numpy as np
import pytest

from db import Database
from models.manifest import ModelEntry, ModelInput
from stream.tools import doctor
from tests.fakes import unit
from tests.people import DIGEST, enrol
from tests.strangers import keep, new_stay

DETECTOR = ModelEntry("m", "detection", None, "", ModelInput(None, None, "rgb", (0, 0, 0), (255, 255, 255)))
TWIN = ModelEntry("m-int8", "detection", None, "", DETECTOR.input)


@pytest.mark.parametrize(
    ("flags", "taken", "told"),
    [
        ({"avx512_vnni"}, TWIN, "instructions for them (avx512_vnni): --detector m gives cameras m-int8"),
        (
            {"avx512_vnni", "avx_vnni"},
            DETECTOR,
            "instructions for them (avx512_vnni, avx_vnni): no network here uses them",
        ),
        (set(), DETECTOR, "no instructions for them: a detector whose name ends in -int8 gains little"),
        (None, DETECTOR, "the CPU's instructions are not known here; `bench` tells what is fast"),
    ],
)
def test_what_8_bit_integers_are_good_for_on_this_cpu_is_told(monkeypatch, flags, taken, told):
    monkeypatch.setattr(doctor, "dot_products", lambda: flags)
    monkeypatch.setattr(doctor, "all_shipped", lambda task: [DETECTOR])
    monkeypatch.setattr(doctor, "swifter", lambda entry: taken)
    assert doctor._integers() == told


def test_which_detector_searches_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "shipped", lambda task: DETECTOR)
    assert doctor._detector() == "m for all; --detector names another"


def test_which_embedder_looks_is_told_and_what_brings_the_gallery_to_the_default(monkeypatch, tmp_path):
    default, other = replace(DETECTOR, name="default"), replace(DETECTOR, name="other", sha256=DIGEST)
    monkeypatch.setattr(doctor, "shipped", lambda task: default)
    monkeypatch.setattr(doctor, "embedder_of", lambda database: default)
    with Database.open(tmp_path / "people.db") as database:
        assert doctor._embedder(database) == "default; --embedder names another"
        monkeypatch.setattr(doctor, "embedder_of", lambda database: other)
        told = doctor._embedder(database)
    assert told == "other, which made the gallery; `reembed` brings it to default, the default"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DROP TABLE sighting", "is damaged (no such table: sighting): restore a backup"),
        ("DROP TABLE event", "is damaged (no such table: event): restore a backup"),
        ("UPDATE sample SET embedding = X'0102'", "An embedding of Ada is damaged: rebuild the gallery"),
        ("INSERT INTO setting VALUES ('other', '{no')", "is damaged (JSONDecodeError: Expecting property name"),
        ("UPDATE sample SET digest = 'another'", "enrolled with another embedder"),
        ("UPDATE person SET name = name", None),
    ],
)
def test_whatever_of_the_database_cannot_be_read_is_told(monkeypatch, tmp_path, statement, problem):
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada")
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute(statement)
    monkeypatch.setattr(doctor, "_networks", list)
    monkeypatch.setattr(doctor, "embedder_of", lambda database: replace(DETECTOR, sha256=DIGEST))
    (found,) = [finding for finding in doctor.examine(str(place)) if finding.subject == "database"]
    if problem is None:
        assert (found.state, found.problem) == (f"{place}: 1 person", None)
    else:
        assert found.state == "not usable"
        assert problem in found.problem


def test_that_there_is_no_database_is_told_once(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(doctor, "_networks", list)
    list(doctor.examine(str(tmp_path / "new.db")))
    assert len(caplog.messages) == 1 and caplog.messages[0].startswith(f"There is no database {tmp_path / 'new.db'}")


@pytest.mark.parametrize("address", ["http://me:secret@127.0.0.1:9/secret?token=secret", "ftp://me:secret@host/secret"])
@pytest.mark.parametrize("name", ["", "door="])
def test_a_cameras_password_is_not_told(monkeypatch, address, name):
    monkeypatch.setattr(doctor, "_networks", list)
    monkeypatch.setattr(doctor, "PATIENCE", 1.0)
    *_, found = doctor.examine("sqlite://", f"{name}{address}")
    assert (found.subject, found.state) == ("camera", "not usable")
    assert found.problem
    assert "secret" not in str(found)


def test_a_camera_is_told_by_its_name(monkeypatch, tmp_path):
    picture = tmp_path / "1.png"
    cv2.imwrite(str(picture), np.zeros((24, 32, 3), np.uint8))
    monkeypatch.setattr(doctor, "_networks", list)
    *_, found = doctor.examine("sqlite://", f"door={picture}")
    assert found == doctor.Finding("camera", "door gives pictures of 32 x 24 px")


def test_what_is_kept_of_strangers_is_told(tmp_path):
    place = str(tmp_path / "people.db")
    with Database.open(place) as database:
        assert doctor._strangers(place).startswith("nothing is kept of them")
        keep(database, new_stay(unit(1)), new_stay(unit(1)))
    assert "of 1 are kept, from 2 visits" in doctor._strangers(place)


def test_the_databases_disk_is_told_where_it_is_another_or_nothing_can_be_written_there(monkeypatch, tmp_path):
    place = tmp_path / "kept" / "people.db"
    place.parent.mkdir()
    Database.open(place).close()
    monkeypatch.chdir(tmp_path)
    assert list(doctor._where_the_database_is(str(place))) == []
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    (found,) = doctor._where_the_database_is(str(place))
    assert found.subject == "disk" and f"free in {place.parent}" in found.state
    assert found.problem.startswith(f"Nothing can be written in {place.parent}: allow it")

"""The commands that take people in, and tell who somebody is."""

import json
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from db import Database, Match, Person
from models.analysis import Face
from models.images import to_jpeg
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, scores_path
from stream.cli import gallery as gallery_commands
from stream.errors import CameraError, SourceError
from stream.gallery.calibration.calibration import stored
from stream.gallery.enroll import Verdict
from stream.gallery.identify import Identified
from stream.gallery.identity import UNKNOWN
from stream.sources.cameras.camera import Camera
from tests.fakes import unit
from tests.people import DIGEST, new_sample
from tests.stream.cli.conftest import MOMENT


@pytest.fixture
def gallery(monkeypatch):
    """A recognizer in the place of the networks' own, which finds what the test puts into the list."""
    found: list[Identified] = []
    recognizer = SimpleNamespace(identify=lambda image: found, rule=SimpleNamespace(threshold=0.3))
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    return found


def test_a_picture_without_faces_is_told(gallery, doorman, tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.zeros((40, 40, 3), np.uint8))
    status, out, _ = doorman("identify", str(tmp_path / "wall.png"))
    assert status == 0
    assert out == f"No face was found in {tmp_path / 'wall.png'}: take a picture that shows one clearly.\n"
    told = json.loads(doorman("identify", str(tmp_path / "wall.png"), "--json")[1])
    assert told == {"image": str(tmp_path / "wall.png"), "threshold": 0.3, "faces": []}


def test_similarities_are_told_with_their_meaning_as_json_too(gallery, doorman, tmp_path):
    cv2.imwrite(str(tmp_path / "party.png"), np.zeros((40, 40, 3), np.uint8))
    face = Face(np.zeros(4, np.float32), 0.9, None, None, None, 0.5, None)
    gallery.append(Identified(face, [Match(Person(1, "Ada", MOMENT, 2), 0.35)], UNKNOWN))
    told = json.loads(doorman("identify", str(tmp_path / "party.png"), "--json")[1])
    assert told["threshold"] == 0.3
    assert told["faces"][0]["matches"] == [{"name": "Ada", "similarity": 0.35, "meaning": "the same person"}]


def test_force_holds_before_a_camera_too(doorman, monkeypatch):
    forced = []
    recognizer = SimpleNamespace(enroller=None)
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    monkeypatch.setattr(gallery_commands, "mixed", lambda *_: [])
    recognizer.database, recognizer.unlike = None, 0.2
    monkeypatch.setattr(gallery_commands, "frames_of", lambda *_: iter(()))
    monkeypatch.setattr(
        gallery_commands, "from_camera", lambda *given: forced.append(given[-1]) or [Verdict("Ada", "camera0")]
    )
    assert doorman("enroll", "--camera", "0", "--name", "Ada", "--force")[0] == 0
    assert forced == [True]


def test_a_camera_that_is_not_there_is_not_waited_for_with_somebody_before_it(doorman, monkeypatch):
    def connect():
        raise CameraError("Webcam 0 cannot be opened: plug it in.")

    recognizer = SimpleNamespace(enroller=None)
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    monkeypatch.setattr(gallery_commands, "open_source", lambda *_, **__: Camera("camera0", connect))
    monkeypatch.setattr(gallery_commands, "PATIENCE", 1.5)
    status, out, error = doorman("enroll", "--camera", "0", "--name", "Ada")
    assert (status, out) == (1, "")
    assert error.endswith("Webcam 0 cannot be opened: plug it in.\n")


def test_what_was_taken_before_a_camera_that_vanishes_is_told_with_the_reason(doorman, monkeypatch):
    def looks(*_):
        yield Verdict("Ada", "camera0")
        raise SourceError("camera0 gave no picture within 10 seconds: check that it is on.")

    recognizer = SimpleNamespace(enroller=None)
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    monkeypatch.setattr(gallery_commands, "from_camera", looks)
    status, out, error = doorman("enroll", "--camera", "0", "--name", "Ada")
    assert (status, error) == (1, "camera0 gave no picture within 10 seconds: check that it is on.\n")
    assert "│ Ada  │ camera0 │ enrolled │" in out


@pytest.mark.parametrize(("named", "name"), [(["--name", "Ada L."], "Ada L."), ([], "Ada")])
def test_whoever_is_to_be_enrolled_from_a_video_is_told_how(doorman, tmp_path, named, name):
    video = tmp_path / "Ada.MP4"
    video.touch()
    status, _, error = doorman("enroll", str(video), *named)
    assert (status, error) == (
        1,
        f"{video} is a video: if it shows one person, "
        f'`doorman enroll --camera "{video}" --name "{name}"` enrols good looks at them.\n',
    )


def test_whoever_looks_like_two_people_is_told_of_with_the_pictures(doorman, monkeypatch, fresh_db, tmp_path):
    people = [unit(1, 0.3), unit(1, 0, 0.3), unit(0, 0, 0, 1, 0.3), unit(0, 0, 0, 1, 0, 0.3)]

    def everybody(found, force):
        for number, embedding in enumerate(people):
            fresh_db.add_samples("Ada", [replace(new_sample(number), embedding=embedding)])
            yield Verdict("Ada", f"{number}.jpg")

    enroller = SimpleNamespace(everybody=everybody)
    recognizer = SimpleNamespace(enroller=enroller, database=fresh_db, unlike=0.2)
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    (tmp_path / "Ada.jpg").touch()
    status, out, _ = doorman("enroll", str(tmp_path))
    told = "Ada looks like two people: pictures 3 (2.jpg), 4 (3.jpg) and the other 2 have a similarity of 0.00 only"
    assert (status, out.splitlines()[-1]) == (
        0,
        f"{told}: if so, give one's to them: doorman people move 3 4 --to NAME",
    )


@pytest.mark.parametrize(("like", "told"), [("1", True), ("Bob", False)])
def test_a_folder_of_one_persons_pictures_is_told_of(doorman, monkeypatch, tmp_path, like, told):
    verdicts = [Verdict("1", "1.jpg"), *(Verdict(name, f"{name}.jpg", "looks like", like=like) for name in "23")]
    enroller = SimpleNamespace(everybody=lambda found, force: verdicts)
    recognizer = SimpleNamespace(enroller=enroller, database=None, unlike=0.2)
    monkeypatch.setattr(gallery_commands.Recognizer, "open", lambda *_, **__: nullcontext(recognizer))
    monkeypatch.setattr(gallery_commands, "mixed", lambda *_: [])
    for name in "123":
        (tmp_path / f"{name}.jpg").touch()
    status, out, _ = doorman("enroll", str(tmp_path))
    assert status == 1
    assert (f'then `doorman enroll "{tmp_path}" --name NAME`' in out) == told


@pytest.mark.parametrize("place", [["nowhere.jpg"], ["--camera", "0"]])
def test_a_name_that_is_none_is_told_before_anything_is_looked_at(db, doorman, place):
    status, _, error = doorman("enroll", *place, "--name", "")
    assert (status, error) == (1, "A person's name must not be empty: give at least one visible character.\n")


@pytest.fixture
def own_embedder(tmp_path, monkeypatch) -> ModelEntry:
    """An embedder that made the gallery of `db`, and its score set."""
    size = ModelInput(112, 112, "rgb", (0, 0, 0), (1, 1, 1))
    entry = ModelEntry("own", "embedding", tmp_path / "own.onnx", DIGEST, size)
    scores = np.random.default_rng(0).normal(0.2, 0.1, (40, 1, 40)).astype(np.float32)
    scores[np.arange(40), :, np.arange(40)] = np.nan
    ScoreSet(DIGEST, np.array([1]), scores, np.arange(40)).write(scores_path(entry.path))
    monkeypatch.setattr(gallery_commands, "embedder_of", lambda database, wished: entry)
    return entry


def test_a_gallery_is_calibrated(db, own_embedder, doorman, tmp_path):
    status, out, _ = doorman("calibrate", "--far", "0.05", "--out", str(tmp_path / "report"))
    assert status == 0
    assert "the 2 people enrolled is then about 5 %" in out
    assert (tmp_path / "report" / "calibration.json").is_file()
    told = json.loads(doorman("calibrate", "--json")[1])["calibration"]
    with Database.open(db) as database:
        assert stored(database, DIGEST).threshold.value == told["threshold"]["value"]


def test_a_threshold_whose_report_cannot_be_written_is_not_in_force(db, own_embedder, doorman, tmp_path):
    (tmp_path / "report").touch()
    status, _, error = doorman("calibrate", "--out", str(tmp_path / "report"))
    assert (status, "cannot be written" in error) == (1, True)
    with Database.open(db) as database:
        assert stored(database, DIGEST) is None


def test_a_gallery_is_rebuilt_for_another_embedder(db, own_embedder, doorman, monkeypatch):
    class Network:
        def __init__(self, entry):
            self.entry = entry

        def run(self, batch):
            return [batch.reshape(len(batch), -1)[:, :512]]

    for name in ("Ada", "Bob"):
        doorman("people", "remove", name, "--yes")
    crop = to_jpeg(np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8))
    with Database.open(db) as database:
        database.add_samples("Eve", [new_sample(1, crop=crop)])
    doorman("calibrate")
    better = replace(own_embedder, name="better", sha256="b" * 64)
    monkeypatch.setattr(gallery_commands, "find", lambda task, name: better)
    monkeypatch.setattr(gallery_commands, "embedder_of", lambda database, wished: better)
    monkeypatch.setattr(gallery_commands, "Network", Network)
    assert "doorman reembed" in doorman("calibrate")[2]
    status, out, _ = doorman("reembed", "--embedder", "better")
    assert status == 0
    assert out.startswith("Embedded 1 picture anew with better.\nThe calibrated threshold is dropped")
    with Database.open(db) as database:
        assert len(database.gallery("b" * 64).embeddings) == 1

"""The service as a web page would use it, with made-up networks."""

import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

from db import Database, DatabaseError, SightingWriter, UnknownPersonError
from models.errors import PictureError
from models.images import Upload, from_jpeg, to_jpeg
from stream.errors import StreamError
from stream.recognizer import Recognizer
from stream.service.corrections import Corrections
from stream.service.people import People
from stream.service.recognition import Recognition
from stream.service.service import Service
from stream.service.watch.picture import Picture
from stream.settings.cameras import CameraSettings
from tests.clips import make_clip, make_faces, make_view
from tests.fakes import FakeAnalyzer, make_face, unit
from tests.people import at, enrol, grey_crop, new_sample

PICTURE = Upload("ada.jpg", to_jpeg(np.full((64, 64, 3), 200, np.uint8)))


@pytest.fixture
def people(fresh_db, tmp_path) -> People:
    return People(fresh_db, tmp_path)


@pytest.fixture
def recognizer(fresh_db, monkeypatch) -> Recognizer:
    monkeypatch.setattr("stream.recognizer.sure_threshold_for", lambda *_: 0.9)  # there is no score set
    monkeypatch.setattr("stream.recognizer.unlike_threshold_for", lambda *_: 0.25)
    return Recognizer(fresh_db, FakeAnalyzer(), 0.5)


def see(database: Database, count: int, person: int | None = None, camera: str = "door") -> None:
    with SightingWriter(database, absence=0) as writer:
        for number in range(count):
            key = writer.open(camera, at(100 * number))
            if person is not None:
                writer.name(key, person, 0.6)
            writer.close(key, at(100 * number))


def test_people_come_in_pages(people):
    enrol(people.database, *(f"Person {number:02}" for number in range(25)))
    page = people.everybody(offset=20, limit=10)
    assert [person.name for person in page.items] == [f"Person {number}" for number in range(20, 25)]
    assert (page.offset, page.total) == (20, 25)
    assert [person.name for person in people.everybody(like="SON 07").items] == ["Person 07"]


def test_sightings_come_in_pages_the_latest_first(people):
    (ada,) = enrol(people.database, "Ada")
    see(people.database, 5, ada)
    see(people.database, 3, camera="garden")
    page = people.sightings(offset=1, limit=2, name="Ada")
    assert [sighting.first_seen for sighting in page.items] == [at(300), at(200)]
    assert page.total == 5
    assert people.sightings(camera="garden").total == 3
    assert people.sightings(since=at(250), until=at(350)).total == 1
    with pytest.raises(UnknownPersonError):
        people.sightings(name="Zoe")


def test_a_portrait_is_the_best_picture(people):
    from dataclasses import replace

    crops = list(map(grey_crop, (50, 150, 250)))
    samples = [
        replace(new_sample(seed, crop=crop), quality=quality)
        for seed, (crop, quality) in enumerate(zip(crops, (0.2, 0.9, 0.5), strict=True))
    ]
    people.database.add_samples("Ada", samples)
    assert people.portrait("ada") == crops[1]
    person, kept = people.person("Ada")
    assert (person.name, [people.sample(sample.id) for sample in kept]) == ("Ada", crops)


def test_a_snapshot_is_shrunk_and_its_absence_told(people, tmp_path):
    (ada,) = enrol(people.database, "Ada")
    see(people.database, 1, ada)
    (sighting,) = people.sightings().items
    with pytest.raises(PictureError, match="has no picture"):
        people.snapshot(sighting.id)
    with pytest.raises(DatabaseError, match="There is no sighting 99"):
        people.snapshot(99)
    file = tmp_path / "face.jpg"
    file.write_bytes(to_jpeg(np.full((400, 800, 3), 100, np.uint8)))
    with people.database.writing() as session:
        from db.schema.tables import SightingRow

        session.get(SightingRow, sighting.id).snapshot = str(file)
    assert from_jpeg(people.snapshot(sighting.id)).shape == (80, 160, 3)


def test_erasure_is_whole(people):
    (ada,) = enrol(people.database, "Ada")
    see(people.database, 2, ada)
    erased = people.erase("ada")
    assert (erased.samples, erased.sightings) == (1, 2)
    assert people.everybody().total == people.sightings().total == 0


def test_a_picture_is_enrolled_identified_and_compared_from_its_bytes(recognizer):
    with Recognition(recognizer) as recognition:
        assert [verdict.refused for verdict in recognition.enroll("Ada", [PICTURE])] == [None]
        (face,), threshold = recognition.identify(PICTURE)
        assert (face.matches[0].person.name, threshold) == ("Ada", 0.5)
        cosine, _ = recognition.compare(PICTURE, np.full((64, 64, 3), 200, np.uint8))
        assert cosine == pytest.approx(1.0)
        assert recognizer.database.samples("Ada")[0].source == "ada.jpg"


@pytest.mark.parametrize("data", [b"", b"no picture", PICTURE.data[:200]])
def test_bytes_that_are_no_picture_are_told_by_their_name(recognizer, data):
    with Recognition(recognizer) as recognition:
        (verdict,) = recognition.enroll("Ada", [Upload("broken.jpg", data)])
        assert verdict.refused.startswith("broken.jpg is ")
        assert "BytesIO" not in verdict.refused
        with pytest.raises(PictureError, match=r"broken\.jpg is "):
            recognition.identify(Upload("broken.jpg", data))


def test_one_request_is_done_at_a_time(recognizer):
    running, most = [], []

    def faces(image, flip=False, main=False):
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.01)
        running.pop()
        return []

    recognizer.analyzer.faces = faces
    with Recognition(recognizer) as recognition:
        threads = [threading.Thread(target=recognition.identify, args=(PICTURE,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1] * 8


def test_a_face_that_is_shown_is_enrolled_by_its_track(recognizer):
    view = make_view(faces=make_faces([None, None]), looks={2: (make_face(unit(1)), make_face(unit(1), 0.6))})
    shown = Picture(view, 0.0)
    with Recognition(recognizer) as recognition:
        assert [verdict.refused for verdict in recognition.enroll_looks("Ada", shown.looks(2), "door")] == [None, None]
        with pytest.raises(PictureError, match="not there any more"):
            shown.looks(7)
        with pytest.raises(PictureError, match=r"no good look at that face yet \(too small\)"):
            shown.looks(1)
        with pytest.raises(DatabaseError):
            recognition.enroll_looks(" ", shown.looks(2), "door")
    assert [(person.name, person.samples) for person in recognizer.database.people()] == [("Ada", 2)]
    assert [one.sentence for one in Corrections(recognizer.database).history().items] == ["2 pictures of Ada enrolled."]


def test_a_picture_tells_its_strangers_from_the_left_and_which_face_is_at_a_point():
    view = make_view(faces=make_faces([None, "Ada", None]), looks={1: (make_face(unit(1)),)})
    seen = Picture(view, 0.0).seen  # 10 pixels apart, 8 wide, of 64
    assert seen.strangers() == [1, 3]
    assert (seen.at(4 / 64, 10 / 48), seen.at(15 / 64, 12 / 48), seen.at(0.9, 0.9)) == (1, 2, None)
    assert (seen.face(2).name, seen.face(1).looks, seen.face(9)) == ("Ada", 1, None)
    assert Picture(make_view(), 0.0).seen.at(0.5, 0.5) is None
    assert pickle.loads(pickle.dumps(seen)) == seen


def test_what_is_decided_meanwhile_is_noted(fresh_db):
    corrections = Corrections(fresh_db)
    enrol(fresh_db, "Ada")
    with corrections.noting() as decided:
        fresh_db.rename("Ada", "Grace")
        corrections.set_aside("Grace")
    assert [one.sentence for one in decided] == ["Ada renamed Grace.", "Grace set aside."]


def test_a_service_runs_one_watch_beside_requests(recognizer, tmp_path: Path):
    clip = str(make_clip(tmp_path / "clip.mp4", count=200))
    with Service(recognizer) as service:
        session = service.watch([CameraSettings(source=clip, name="door", realtime=True)])
        with pytest.raises(StreamError, match="runs already"):
            service.watch()
        assert session.newest("door", timeout=30.0) is not None
        service.recognition.enroll("Ada", [PICTURE])
        assert service.people.everybody().total == 1
        service.stop()
        assert not session.running
        assert service.watch().running
    assert not service.session.running

"""What is taken of an upload."""

import zlib
from dataclasses import replace
from io import BytesIO
from struct import pack
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.fakes import make_face, unit
from tests.people import new_sample
from tests.web.conftest import a_picture
from web import uploads
from web.uploads import HELD, HELD_FOR, Held


def send(client, *files):
    return client.post("/api/v1/people/Ada/samples", data={"image": list(files)})


def a_zip(**pictures: bytes) -> BytesIO:
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        for name, content in pictures.items():
            archive.writestr(name.replace("__", "/") + ".jpg", content)
    return BytesIO(data.getvalue())


def a_damaged_zip() -> BytesIO:
    """One whose list of files is whole, but not the file in it."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        archive.writestr("one.jpg", bytes(range(256)) * 40)
    return BytesIO(data.getvalue()[:37] + b"\xff" * 60 + data.getvalue()[97:])


def a_huge_png() -> BytesIO:
    """The head of a PNG of 9,000 x 9,000 pixels, of which hardly more is there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", b"x")
    )


def test_the_pictures_of_a_zip_are_taken_without_hidden_ones(client, service):
    picture = a_picture().read()
    answer = send(client, (a_zip(one=picture, Ada__two=picture, _MACOSX__x=picture), "ada.zip"))
    taken = [verdict["image"] for verdict in answer.json["verdicts"]]
    assert taken[:2] == ["one.jpg", "Ada/two.jpg"]


def test_an_empty_picture_among_others_has_its_verdict(client):
    answer = send(client, (a_picture(), "1.jpg"), (BytesIO(b""), "2.jpg"))
    _, empty = answer.json["verdicts"]
    assert (empty["image"], empty["refused"]) == ("2.jpg", "2.jpg is empty (0 bytes): copy it again.")


def test_programs_are_told_of_whoever_looks_like_two_people(client, fresh_db):
    others = [unit(0, 0, 0, 0, 1, number) for number in (0.2, 0.3)]
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=each) for each in (unit(1, 0.3), *others)])
    (doubt,) = send(client, (a_picture(), "1.jpg")).json["doubts"]
    assert doubt.startswith("Ada looks like two people: pictures")


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ([(BytesIO(b"PK\x03\x04 and no more"), "a.zip")], 400, "no ZIP file that can be read"),
        ([(a_damaged_zip(), "a.zip")], 400, "no ZIP file that can be read"),
        ([(a_huge_png(), "sky.png")], 413, "9000x9000 pixels"),
        ([(BytesIO(b""), "")], 400, "No picture was sent"),
    ],
)
def test_what_cannot_be_borne_is_refused_before_it_is_decoded(client, files, status, sentence):
    answer = send(client, *files)
    assert answer.status_code == status
    assert sentence in answer.json["detail"]


def test_too_many_pictures_are_refused(client, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PICTURES", 2)
    assert send(client, *[(a_picture(), f"{number}.jpg") for number in range(3)]).status_code == 413


def test_a_request_that_is_too_large_is_refused(client):
    client.application.config["MAX_CONTENT_LENGTH"] = 1000
    answer = send(client, (BytesIO(b"x" * 2000), "a.jpg"))
    assert (answer.status_code, "too large" in answer.json["detail"]) == (413, True)


def test_faces_are_held_for_some_minutes():
    now = [0.0]
    held = Held(clock=lambda: now[0])
    face = make_face(None)
    key = held.put([face])
    now[0] = HELD_FOR - 1
    assert held.get(key) == [face]
    now[0] = HELD_FOR + 1
    assert held.get(key) == []


def test_only_so_many_are_held():
    held = Held()
    keys = [held.put([make_face(None)]) for _ in range(HELD + 1)]
    assert held.get(keys[0]) == [] and len(held.get(keys[-1])) == 1


def test_a_picture_may_be_the_whole_request(client):
    told = client.post("/api/v1/identify", data=a_picture().read(), content_type="image/jpeg")
    assert told.status_code == 200 and told.json["width"] == 60
    told = client.post("/api/v1/identify", data=b"none", content_type="image/png")
    assert told.status_code == 422 and "the picture is not a picture" in told.json["detail"]
    told = client.post("/api/v1/identify", data=b"", content_type="image/png")
    assert told.status_code == 422

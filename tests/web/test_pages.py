"""What a person sees and does in the browser."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from urllib.parse import quote

import pytest
from markupsafe import escape

from db import NewSnapshot, SightingWriter
from tests.fakes import unit
from tests.people import at, enrol, new_sample
from tests.strangers import keep, new_stay
from tests.web.conftest import a_picture
from tests.web.fakes import enrol_ada


def test_a_photo_is_shown_with_box_points_aligned_face_and_the_most_similar_people(client, service, picture):
    enrol_ada(service)
    page = client.post("/photo", data={"image": (picture, "party.jpg")}).text
    assert page.count("<rect ") == 1 and page.count("<circle ") == 5 and "a box around the face and" in page
    assert "Face 1: Ada" in page and "0.50" in page and "the same person" in page
    assert page.count("data:image/jpeg;base64,") == 4  # the photo, the face cut out, the face aligned, and Ada
    assert service.recognition.enrolled == [("Ada", "ada.jpg")]  # nothing is stored unasked


def test_htmx_gets_the_part_and_others_a_whole_page(client, picture):
    part = client.post("/photo", data={"image": (picture, "a.jpg")}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<html" in client.post("/photo", data={"image": (a_picture(), "a.jpg")}).text


def test_a_face_of_the_photo_is_enrolled_when_asked(client, service, picture):
    page = client.post("/photo", data={"image": (picture, "a.jpg")}).text
    key = re.search(r'name="picture" value="([^"]+)"', page)[1]
    form = {"picture": key, "face": 1, "name": "Ada"}
    part = client.post("/photo/enrol", data=form, headers={"HX-Current-URL": "/photo"}).text
    assert "1 picture of Ada enrolled." in part and 'href="/people/Ada"' in part
    assert service.recognition.enrolled == [("Ada", "a photo in the browser")]
    undo = re.search(r'action="(/history/\d+/undo)">.*?name="to" value="([^"]+)"', part, re.DOTALL)
    assert client.post(undo[1], data={"to": undo[2]}).location == "/photo"
    assert client.get("/people/Ada").status_code == 404


def test_a_face_of_the_photo_that_is_like_somebody_else_is_enrolled_by_a_tick(client, picture):
    page = client.post("/photo", data={"image": (picture, "a.jpg")}).text
    form = {"picture": re.search(r'name="picture" value="([^"]+)"', page)[1], "face": 1, "name": "Nobody"}
    refused = client.post("/photo/enrol", data=form)
    assert refused.status_code == 422 and "looks like Ada (similarity 0.81); if it is them" in refused.text
    assert 'name="force"' in page
    assert "1 picture of Nobody enrolled." in client.post("/photo/enrol", data={**form, "force": "1"}).text


def test_it_is_told_whether_a_face_of_the_photo_was_here_before(client, fresh_db, picture):
    page = client.post("/photo", data={"image": (picture, "a.jpg")}).text
    data = {"picture": re.search(r'name="picture" value="([^"]+)"', page)[1], "face": 1}
    assert "Nothing is kept" in client.post("/photo/before", data=data).text
    keep(fresh_db, new_stay(unit(0, 1)))
    part = client.post("/photo/before", data=data).text
    assert "No: nobody" in part and "Unknown" not in part
    keep(fresh_db, new_stay(unit(1)), first=300)
    part = client.post("/photo/before", data=data).text
    assert "Unknown 1" not in part and "Unknown 2" in part
    assert "1.00: the same person, clearly" in part and "door" in part
    found = client.post("/api/v1/find", data={"image": (a_picture(), "a.jpg")}).json["found"]
    assert [(one["unknown"], one["person"], one["similarity"]) for one in found] == [(2, None, 1.0), (1, None, 0.0)]
    assert client.post("/api/v1/find?since=soon", data={"image": (a_picture(), "a.jpg")}).status_code == 400
    assert client.post("/photo/before", data={**data, "face": 2}).status_code == 410


def test_what_is_to_be_typed_is_code_and_what_somebody_wrote_is_only_text(client):
    page = client.get("/people/<b>Ada").text
    assert "Nobody called &lt;b&gt;Ada is enrolled: enrol them first" in page
    assert "the list of people (<code>people list</code>)." in page


def test_a_photo_that_was_let_go_is_asked_for_again(client):
    answer = client.post("/photo/enrol", data={"picture": "old", "face": 1, "name": "Ada"})
    assert (answer.status_code, "look at it once more" in answer.text) == (410, True)


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        ((a_picture(10, 10), "small.jpg"), "No face was found"),
        ((BytesIO(b"not a picture"), "a.jpg"), "a.jpg is not a picture that can be read"),
        ((BytesIO(b""), "a.jpg"), "a.jpg is empty (0 bytes): copy it again."),
        ((BytesIO(b""), ""), "No picture was sent"),
        ((BytesIO(a_picture().read()[:200]), "half.jpg"), "half.jpg is not a picture that can be read"),
    ],
)
def test_what_is_wrong_with_a_photo_is_said_in_a_sentence(client, upload, sentence):
    answer = client.post("/photo", data={"image": upload}, headers={"HX-Request": "true"})
    assert sentence in answer.text
    assert "Traceback" not in answer.text


def test_people_are_listed_with_their_pictures(client, service):
    enrol_ada(service)
    assert "Ada" in client.get("/people").text
    assert client.get("/people/Ada/picture").content_type == "image/jpeg"
    assert "1 picture<" in client.get("/people").text


def test_long_lists_come_a_page_at_a_time(client, fresh_db):
    enrol(fresh_db, *(f"P{number:03}" for number in range(70)))
    first, second = client.get("/people").text, client.get("/people?offset=60&limit=60").text
    assert "/people/P000" in first and "/people/P069" not in first
    assert 'rel="next"' in first and 'rel="prev"' not in first
    assert "/people/P069" in second and 'rel="prev"' in second and 'rel="next"' not in second


@pytest.mark.parametrize("query", ["offset=-5", "limit=0", "limit=x", "offset=99999999999999999999"])
def test_odd_pages_are_no_error(client, query):
    assert client.get(f"/people?{query}").status_code == 200


def test_many_pictures_are_enrolled_at_once_each_with_its_verdict(client):
    pictures = [
        (a_picture(), "1.jpg"),
        (a_picture(), "group.jpg"),
        (BytesIO(b"x"), "note.txt"),
        (a_picture(), "stranger.jpg"),
    ]
    answer = client.post("/people", data={"name": "Ada", "image": pictures})
    page = answer.text
    assert (
        answer.headers["HX-Trigger"] == "enrolled" and 'hx-trigger="enrolled from:body"' in client.get("/people").text
    )
    assert "1.jpg: enrolled" in page
    assert "group.jpg: refused, several faces" in page
    assert "note.txt: refused, note.txt is not a picture" in page
    remedy = "if it is them all the same, tick “Enrol even what looks like somebody else, or unlike them”"
    assert f"stranger.jpg: refused, unlike the other pictures of Ada (similarity 0.10); {remedy}" in page


def test_pictures_are_added_on_the_page_of_a_person_which_is_shown_anew(client, service):
    enrol_ada(service)
    page = client.get("/people/Ada").text
    assert '<input type="hidden" name="name" value="Ada">' in page and 'hx-trigger="enrolled from:body"' in page
    form = {"name": "Ada", "image": [(a_picture(), "2.jpg")]}
    assert "See Ada" not in client.post("/people", data=form, headers={"HX-Current-URL": "/people/Ada"}).text
    form["image"] = [(a_picture(), "3.jpg")]
    assert "See Ada" in client.post("/people", data=form, headers={"HX-Current-URL": "/people"}).text


def test_whoever_is_enrolled_and_looks_like_two_people_is_told_of(client, fresh_db):
    others = [unit(0, 0, 0, 0, 1, number) for number in (0.2, 0.3)]
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=each) for each in (unit(1, 0.3), *others)])
    page = client.post("/people", data={"name": "Ada", "image": [(a_picture(), "1.jpg")]}).text
    assert "Ada looks like two people: pictures" in page and "the other 2 have a similarity of 0.00 only." in page


def test_a_person_is_renamed_and_erased(client, service, fresh_db):
    enrol_ada(service)
    client.post("/people/Ada/rename", data={"to": "Ada Lovelace"})
    assert [person.name for person in fresh_db.people()] == ["Ada Lovelace"]
    assert client.post("/people/Ada Lovelace/erase").status_code == 400  # without a tick
    client.post("/people/Ada Lovelace/erase", data={"sure": "1"})
    assert fresh_db.people() == []


@pytest.mark.parametrize(
    "name", ["Ada/Grace", "who?", "#1", "100%", "a%2Fb", "Ada/picture", "<i>A</i> & B", "عدا / 🎭", ".", ".."]
)
def test_whatever_stands_in_a_name_its_page_is_found_and_does_what_it_says(client, service, fresh_db, name):
    enrol_ada(service, name)
    place = re.search(r'<a href="(/people/[^"]+)">\s*<img src="([^"]+)"', client.get("/people").text)
    assert place[1] not in ("/people/.", "/people/..")  # browsers ask for /people/ and / instead
    page = client.get(unescape(place[1]))
    assert f"<h1>{escape(name)}</h1>" in page.text.replace("&#39;", "'")
    assert client.get(unescape(place[2])).content_type == "image/jpeg"
    aside = client.post(unescape(re.search(r'action="([^"]+/aside)"', page.text)[1]))
    told = client.get(aside.location)
    assert f"<h1>{escape(name)}</h1>" in told.text
    undo = re.search(r'action="(/history/\d+/undo)">.*?name="to" value="([^"]+)"', told.text, re.DOTALL)
    back = client.post(undo[1], data={"to": unescape(undo[2])})
    assert f"<h1>{escape(name)}</h1>" in client.get(back.location).text
    assert client.get(f"/api/v1/people/{quote(name, safe='')}").json["name"] == name
    client.post(unescape(re.search(r'action="([^"]+/erase)"', page.text)[1]), data={"sure": "1"})
    assert fresh_db.people() == []


def test_a_portrait_is_asked_for_each_time_since_any_decision_may_change_it(client, service, fresh_db):
    enrol_ada(service)
    first = client.get("/people/Ada/picture")
    assert first.cache_control.no_cache and not first.cache_control.max_age
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/people/Ada/picture", headers=known).status_code == 304
    fresh_db.drop(1)
    assert client.get("/people/Ada/picture", headers=known).location == "/static/nobody.svg"


def test_a_person_who_is_not_there_is_a_sentence(client):
    answer = client.get("/people/Nobody")
    assert answer.status_code == 404
    assert "Nobody" in answer.text and "<html" in answer.text


@pytest.mark.parametrize(
    "page",
    [
        "people/Nobody/picture",
        "people/samples/999",
        f"people/samples/{2**70}",
        "sightings/999/picture",
        f"sightings/{2**70}/picture",
        "live/nowhere",
    ],
)
def test_what_is_not_there_is_told_as_that(client, page):
    assert client.get(f"/{page}").status_code == 404


def test_a_picture_that_is_not_there_any_more_is_told_as_that(client, fresh_db, service, tmp_path):
    enrol_ada(service)
    [sample] = fresh_db.samples("Ada")
    fresh_db.set_aside(sample.id)
    assert client.get("/people/Ada/picture").location == "/static/nobody.svg"
    ada = fresh_db.person("Ada").id
    with SightingWriter(fresh_db) as writer:
        writer.close(writer.open("door", at(0)), at(5))
        key = writer.open("garden", at(10))
        writer.name(key, ada, 0.5, NewSnapshot(str(tmp_path / "lost.jpg"), b"lost"))
        writer.close(key, at(15))
    (tmp_path / "lost.jpg").unlink()
    for sighting in fresh_db.sightings():
        assert client.get(f"/sightings/{sighting.id}/picture").status_code == 404
    assert [sighting.snapshot is None for sighting in fresh_db.sightings()] == [True, False]


def test_markup_in_a_name_is_text(client, service):
    enrol_ada(service, "<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/people").text


def test_cameras_are_shown_with_their_state(client):
    assert 'data-frames="/api/v1/cameras/door/frame"' in client.get("/live").text
    part = client.get("/live/door").text
    assert "live, 25 pictures a second" in part and "Here: Ada and 1 unknown." in part


def test_sightings_are_listed_by_day_the_latest_first(client, fresh_db):
    with SightingWriter(fresh_db) as writer:
        for seconds, camera in ((0, "door"), (3600, "garden")):
            writer.close(writer.open(camera, at(seconds)), at(seconds + 5))
    page = client.get("/sightings?since=2025-12-31&until=2026-01-02").text
    assert 0 < page.index(">garden</td>") < page.index(">door</td>")
    assert "Nobody was seen in this time" in client.get("/sightings?since=2026-01-03").text
    assert "no day" in client.get("/sightings?since=yesterdayish").text


def test_the_csv_file_of_a_list_holds_all_that_the_list_has_and_the_last_day_too(client, fresh_db):
    see_ada_all_day(fresh_db)
    first, last = (at(600 * number).astimezone().date() for number in (0, 119))
    page = client.get(f"/sightings?since={first}&until={last}&name=Ada").text
    lines = client.get(unescape(re.search(r'href="(/api/[^"]+csv[^"]+)"', page)[1])).text.splitlines()
    assert len(lines) == 1 + 120
    assert '<option value="Ada">' in page  # a name need not be known by heart
    assert len(client.get("/api/v1/sightings?format=csv&limit=7").text.splitlines()) == 1 + 7
    visits = client.get(f"/visits?since={first}&until={last}").text
    assert len(client.get(unescape(re.search(r'href="(/api/[^"]+csv[^"]+)"', visits)[1])).text.splitlines()) == 1 + 120


def see_ada_all_day(database) -> None:
    """Ada, and 120 sightings of hers on one day, ten minutes apart."""
    (ada,) = enrol(database, "Ada")
    with SightingWriter(database) as writer:
        for number in range(120):
            key = writer.open("door", at(600 * number))
            writer.name(key, ada, 0.5)
            writer.close(key, at(600 * number + 5))

"""A stranger before a camera gets a name: by a click on the face, by the list below the picture, and by programs."""

import re

import pytest

from db.names import MAX_LENGTH
from stream.service.watch.picture import Picture


@pytest.fixture
def page(client) -> str:
    """What is asked of the first stranger."""
    return client.get("/live/door/faces/1").text


def form(page: str) -> dict[str, object]:
    return {"looks": re.search(r'name="looks" value="([^"]+)"', page)[1], "look": [0, 1]}


def test_strangers_are_listed_below_the_picture_for_the_keyboard(client):
    part = client.get("/live/door").text
    assert re.findall(r'href="(/live/door/faces/\d)"', part) == ["/live/door/faces/1", "/live/door/faces/3"]
    assert client.get("/live/door/faces/1/picture").content_type == "image/jpeg"
    assert client.get("/live/door/faces/3/picture").location == "/static/nobody.svg"  # no good look yet


@pytest.mark.parametrize(("x", "y", "to"), [(0.06, 0.2, "/live/door/faces/1"), (0.9, 0.9, "/live"), ("", "x", "/live")])
def test_a_click_leads_to_the_face_that_is_there(client, x, y, to):
    assert client.get(f"/live/door/at?x={x}&y={y}").location == to


def test_the_pictures_that_would_be_enrolled_are_shown_and_nothing_is_stored_before(page, fresh_db):
    assert page.count("data:image/jpeg;base64,") == 2 and "Who is this?" in page
    assert fresh_db.people() == []


def test_whoever_is_named_is_enrolled_by_those_that_are_ticked_and_that_is_taken_back(client, page, fresh_db):
    data = {**form(page), "look": [1], "name": "Grace"}
    told = client.post("/live/door/faces", data=data, follow_redirects=True).text
    assert "1 picture of Grace enrolled." in told and fresh_db.person("Grace").samples == 1
    client.post(re.search(r'action="(/history/\d+/undo)"', told)[1])
    assert fresh_db.people() == []


def test_a_name_may_be_as_long_here_as_anywhere(page):
    assert f'name="name" required maxlength="{MAX_LENGTH}"' in page


def test_what_speaks_against_a_name_is_said(client, page, fresh_db):
    told = client.post("/live/door/faces", data={**form(page), "name": "Nobody"})
    assert told.status_code == 422
    assert (
        "The pictures of the face were refused: looks like Ada (similarity 0.81); if it is them all the same, tick"
        in told.text
    )
    assert fresh_db.people() == []


def test_strangers_who_are_to_be_unrecognizable_are_not_shown_and_may_be_named(client, service, fresh_db):
    service.session.picture = Picture(service.session.picture.view, 0.0, blur_unknown=True)
    assert client.get("/live/door/faces/1/picture").location == "/static/nobody.svg"
    page = client.get("/live/door/faces/1").text
    assert "data:image" not in page and "strangers are to be unrecognizable" in page
    client.post("/live/door/faces", data={**form(page), "name": "Grace"})
    assert fresh_db.person("Grace").samples == 2


def test_somebody_who_has_a_name_is_told_apart(client, service):
    service.session.picture.view.looks[2] = service.session.picture.view.looks[1]
    try:
        assert "Doorman takes this face for Ada" in client.get("/live/door/faces/2").text
    finally:
        del service.session.picture.view.looks[2]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("/live/door/faces/9", "not there any more"), ("/live/door/faces/3", "no good look at that face yet (too small)")],
)
def test_a_face_that_cannot_be_named_is_a_sentence(client, address, sentence):
    assert sentence in client.get(address, follow_redirects=True).text


@pytest.mark.parametrize("data", [{}, {"looks": "old", "look": 0}, {"look": "x"}])
def test_looks_that_were_let_go_are_asked_for_again(client, data):
    answer = client.post("/live/door/faces", data={**data, "name": "Ada"})
    assert (answer.status_code, "click on the face once more" in answer.text) == (410, True)


def test_without_a_watch_nobody_is_there(client, service):
    service.session = None
    assert client.get("/live/door/faces/1").status_code == client.get("/api/v1/cameras/door/faces").status_code == 404


def test_programs_see_the_faces_and_name_one(client, fresh_db):
    told = client.get("/api/v1/cameras/door/faces").json
    assert [(face["track"], face["name"], face["state"], face["looks"]) for face in told["faces"]] == [
        (1, None, "unknown", 2),
        (2, "Ada", "named", 0),
        (3, None, "unknown", 0),
    ]
    named = client.post("/api/v1/cameras/door/faces/1/name", data={"name": "Grace"}).json
    assert len(named["verdicts"]) == 2 and named["decisions"] and fresh_db.person("Grace").samples == 2
    assert client.post("/api/v1/cameras/door/faces/1/name", data={"name": "Nobody"}).status_code == 422
    assert client.post("/api/v1/cameras/door/faces/9/name", data={"name": "Grace"}).status_code == 422

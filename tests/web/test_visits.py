"""Who came, why they have their name, and that it is wrong: in the browser and for programs."""

import csv
import re
from datetime import datetime, timedelta
from html import unescape

import numpy as np
import pytest

from db import SightingWriter
from db.clock import SharedClock
from db.evidence.records import Likeness
from models.images import to_jpeg
from tests.evidence import new_look, seen, unnamed
from tests.people import DIGEST, at, enrol, picture
from tests.web.fakes import CROP


@pytest.fixture
def ada(fresh_db) -> int:
    """The id of a sighting of Ada with two looks, of one of which there is a face; Grace is enrolled, too."""
    ada, grace = enrol(fresh_db, "Ada", "Grace")
    return seen(fresh_db, ada, new_look(ada, 1, other=grace, crop=CROP), new_look(ada, 2, seed=2))


@pytest.fixture
def stranger(fresh_db, ada) -> int:
    like = Likeness(1, 0.41, None, 0.3)
    return seen(fresh_db, None, appearance=unnamed("below the threshold", 3, likeness=like, threshold=0.5), first=600)


NOON = datetime(2026, 11, 24, 12).astimezone()  # of the machine's zone, as the days on the pages are


@pytest.fixture
def at_noon(monkeypatch, fresh_db) -> None:
    """It is noon, and stays so: what happened seconds ago was today, and is not longer ago on a slow machine."""
    monkeypatch.setattr(fresh_db, "clock", SharedClock(fresh_db, own=lambda: NOON))


def come(database, person: str, camera: str, ago: float, seconds: float = 5.0) -> None:
    """Let somebody be seen so many seconds before noon."""
    began = NOON - timedelta(seconds=ago)
    with SightingWriter(database) as writer:
        key = writer.open(camera, began)
        writer.name(key, database.person(person).id, 0.7)
        writer.close(key, began + timedelta(seconds=seconds))


def test_today_tells_who_came_over_all_cameras_and_who_is_still_here(client, fresh_db, at_noon):
    enrol(fresh_db, "Ada", "Grace", "Zoe")
    come(fresh_db, "Ada", "door", 20)
    come(fresh_db, "Ada", "garden", 5)
    come(fresh_db, "Zoe", "door", 3 * 86_400)
    page = client.get("/visits").text
    assert "<h1>Who came today</h1>" in page and "still here" in page and "(door, garden)" in page
    assert re.findall(r'<a href="/sightings/\d+">(no\. \d+)</a>', page) == ["no. 1", "no. 2"]
    assert "Zoe</a>" not in page and page.count("<tr>") == 2
    page = client.get("/visits?name=zoe").text
    assert "<h1>Who came</h1>" in page and page.count("<tr>") == 2 and "still here" not in page
    assert "Nobody who is known came." in client.get("/visits?camera=cellar").text


def test_a_visit_of_many_sightings_leads_to_all_of_them(client, fresh_db, at_noon):
    enrol(fresh_db, "Ada")
    for number in range(11):
        come(fresh_db, "Ada", "door", 600 - 50 * number)
    page = client.get("/visits").text
    [address] = re.findall(r'<a href="([^"]+)">all 11</a>', page)
    assert client.get(unescape(address)).text.count("Why Ada,") == 11


@pytest.mark.parametrize("address", ["/visits", "/sightings", "/sightings/unnamed"])
def test_cameras_are_there_to_choose_from_and_a_mistyped_one_is_told(client, ada, address):
    page = client.get(f"{address}?camera=dor").text
    assert '<option value="door"></option>' in page
    assert "No camera called dor has seen anybody of late: did you mean door?" in page
    assert "of late" not in client.get(f"{address}?camera=door&since=2031-01-01").text


def test_odd_pages_of_visits_are_no_error(client):
    assert client.get("/visits?offset=-1&limit=x").status_code == 200


def test_programs_get_visits_also_as_csv(client, fresh_db, at_noon):
    enrol(fresh_db, "Ada")
    come(fresh_db, "Ada", "door", 20)
    come(fresh_db, "Ada", "garden", 5)
    (visit,) = client.get("/api/v1/visits?name=Ada&camera=garden").json["visits"]
    assert (visit["cameras"], visit["sightings"], visit["here"]) == (["door", "garden"], [1, 2], True)
    lines = client.get("/api/v1/visits?format=csv").text.splitlines()
    assert lines[0] == "person,first_seen,last_seen,cameras,sightings"
    assert lines[1].startswith("Ada,") and lines[1].endswith(",door garden,1 2")
    assert client.get("/api/v1/visits?since=soon").status_code == 400


def test_no_name_in_the_csv_is_a_formula_of_a_spreadsheet(client, fresh_db):
    enrol(fresh_db, "=1+1")
    come(fresh_db, "=1+1", "@door", 20)
    for kind in ("visits", "sightings"):
        (row,) = csv.DictReader(client.get(f"/api/v1/{kind}?format=csv").text.splitlines())
        assert row["person"] == "'=1+1" and (row.get("camera") or row["cameras"]) == "'@door"


def test_a_sighting_tells_why_it_has_its_name(client, ada):
    page = client.get(f"/sightings/{ada}").text
    assert "<h1>Ada</h1>" in page and "Why this name?" in page and "Ada 0.70" in page and "Grace 0.30" in page
    assert page.count("data:image/jpeg;base64,") == 1
    told = client.get(f"/api/v1/sightings/{ada}").json
    assert [look["likeness"]["who"] for look in told["looks"]] == ["Ada", "Ada"] and told["reasons"] == []
    kept, other = (look["id"] for look in told["looks"])
    assert client.get(f"/api/v1/sightings/{ada}/looks/{kept}/picture").data == CROP
    assert client.get(f"/api/v1/sightings/{ada}/looks/{other}/picture").status_code == 404


def test_a_sighting_without_a_name_tells_why(client, ada, stranger):
    page = client.get(f"/sightings/{stranger}").text
    assert "Somebody unknown" in page and "below the threshold (most like Ada, 0.41, 0.50 needed)" in page
    assert client.get(f"/api/v1/sightings/{stranger}").json["reasons"][0].startswith("below the threshold")
    page = client.get("/sightings/unnamed").text
    assert "below the threshold (most like Ada" in page and "door: a usable face in" in page
    told = client.get("/api/v1/sightings/unnamed").json
    assert [one["id"] for one in told["unnamed"]] == [stranger] and told["cameras"][0]["camera"] == "door"


@pytest.mark.parametrize(("right", "then"), [("", None), ("Grace", "Grace")])
def test_a_wrong_name_is_put_right_and_that_is_taken_back(client, fresh_db, ada, right, then):
    page = client.post(f"/sightings/{ada}/wrong", data={"is": right}, follow_redirects=True).text
    assert fresh_db.sighting(ada).person == then
    assert "Held against Ada from now on: 2 looks of it." in page
    assert ("Its name was given by hand." if then else "Why it had a name") in page
    assert "Why this name?" not in page  # the looks are behind another
    client.post(re.search(r'action="(/history/\d+/undo)"', page)[1])
    assert fresh_db.sighting(ada).person == "Ada"


def test_programs_put_a_name_right(client, fresh_db, ada):
    told = client.post(f"/api/v1/sightings/{ada}/wrong", data={"is": "Grace"}).json
    assert (told["person"], told["against"]) == ("Grace", 2)
    client.post(f"/api/v1/history/{told['decisions'][0]}/undo")
    assert fresh_db.sighting(ada).person == "Ada"
    assert client.get(f"/api/v1/sightings/{ada}/replay?threshold=0.9").json["threshold"] == 0.9
    assert client.get(f"/api/v1/sightings/{ada}/replay?threshold=nan").status_code == 400


@pytest.mark.parametrize(
    ("number", "right", "status", "sentence"),
    [(1, "Ada", 409, "nothing to do"), (1, "Nobody", 404, "Nobody"), (99, "Ada", 404, "99"), (2, "", 409, "say whose")],
)
def test_what_cannot_be_put_right_is_a_sentence_and_changes_nothing(
    client, fresh_db, ada, stranger, number, right, status, sentence
):
    answer = client.post(f"/sightings/{number}/wrong", data={"is": right})
    assert answer.status_code == status and sentence in answer.text
    assert client.post(f"/api/v1/sightings/{number}/wrong", data={"is": right}).status_code == status
    assert (fresh_db.sighting(1).person, fresh_db.sighting(2).person) == ("Ada", None)


def test_a_sighting_is_erased_once_one_is_sure(client, fresh_db, ada, stranger):
    assert f'action="/sightings/{ada}/erase"' in client.get(f"/sightings/{ada}").text
    assert client.post(f"/sightings/{ada}/erase").status_code == 400  # without a tick
    page = client.post(f"/sightings/{ada}/erase", data={"sure": 1}, follow_redirects=True).text
    assert f"Sighting {ada} is erased." in page and "<h1>Who was seen</h1>" in page
    assert client.delete(f"/api/v1/sightings/{stranger}").json["sightings"] == 1
    assert client.delete(f"/api/v1/sightings/{stranger}").status_code == 404
    assert fresh_db.sightings() == []


def test_a_snapshot_is_shown_small_and_large(client, fresh_db, tmp_path):
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.7, picture(tmp_path / "a.jpg", to_jpeg(np.zeros((900, 1600, 3), np.uint8))))
        writer.close(key, at(5))
    small, large = (client.get(f"/sightings/1/picture{more}").data for more in ("", "?large=1"))
    assert 0 < len(small) < len(large) and client.get("/api/v1/sightings/1/picture").data == large
    assert "/sightings/1/picture?large=1" in client.get("/sightings/1").text
    assert f"{DIGEST}" not in client.get("/sightings/1").text


def test_the_snapshot_of_somebody_whose_name_was_wrong_is_a_strangers_and_shown_no_more(client, fresh_db, tmp_path):
    ada, _ = enrol(fresh_db, "Ada", "Bob")
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        writer.name(key, ada, 0.7, picture(tmp_path / "a.jpg", to_jpeg(np.zeros((90, 160, 3), np.uint8))))
        writer.close(key, at(5))
    client.post("/sightings/1/wrong")
    assert client.get("/sightings/1/picture").status_code == 404
    for page in ("/sightings/1", "/sightings"):
        assert "sightings/1/picture" not in client.get(page).text
    assert client.get("/api/v1/sightings/1").json["snapshot"] is False
    client.post("/sightings/1/wrong", data={"is": "Bob"})
    assert client.get("/sightings/1/picture").status_code == 200


@pytest.mark.parametrize("address", ["sightings/9", "sightings/9/picture", "sightings/9/replay"])
def test_what_is_not_there_is_a_problem(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")

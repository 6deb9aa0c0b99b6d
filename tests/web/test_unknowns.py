"""Strangers in the browser and for programs: named, made one, taken apart, ignored, forgotten, and taken back."""

import re

import pytest

from db.unknowns.unknowns import Unknowns
from tests.fakes import unit
from tests.strangers import keep, new_stay
from tests.web.fakes import CROP, enrol_ada


@pytest.fixture
def strangers(fresh_db) -> Unknowns:
    """One who came twice, to two cameras, and two others, of one of whom no picture is for people's eyes."""
    keep(fresh_db, new_stay(unit(1), portrait=CROP), new_stay(unit(0, 1), portrait=None), new_stay(unit(0, 0, 1)))
    keep(fresh_db, new_stay(unit(1), portrait=CROP), camera="garden", first=300)
    return Unknowns(fresh_db)


def left(strangers: Unknowns) -> dict[int, int]:
    return {one.id: one.visits for one in strangers.everybody()}


def undo(client, page: str) -> str:
    """Press the first button that takes something back."""
    number = re.search(r'action="/history/(\d+)/undo"', page)[1]
    return client.post(f"/history/{number}/undo", data={"to": "/unknowns"}, follow_redirects=True).text


def test_strangers_are_listed_with_whom_they_are_like_visits_cameras_and_times(client, service, strangers):
    enrol_ada(service)
    page = client.get("/unknowns").text
    assert re.search(r"perhaps Ada \(1.00\)<br>\s*2 visits, door, garden", page)
    assert page.count("perhaps") == 1  # of those who are like nobody nobody is told
    assert page.count('name="number"') == 3 and "2026-01-01" in page


def test_whoever_a_stranger_is_like_is_their_name_by_one_click(client, service, strangers):
    enrol_ada(service)
    first = client.get("/unknowns/1").text
    assert "It is Ada</button>" in first and "It is " not in client.get("/unknowns/2").text
    offered = re.search(r'<form class="plain" method="post" action="/unknowns/name">.*?</form>', first, re.DOTALL)[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', offered))
    told = client.post("/unknowns/name", data={**data, "csrf_token": ""}, follow_redirects=True).text
    assert "Unknown 1 named Ada." in told


@pytest.mark.parametrize("kept", [False, True])
def test_whoever_keeps_strangers_already_is_not_told_how_to(client, service, kept):
    service.session.keeps_unknown = kept
    assert ("--keep-unknown" in client.get("/unknowns").text) == (not kept)
    service.session = None
    assert "--keep-unknown" in client.get("/unknowns").text


def test_nor_is_whoever_will_keep_them_as_soon_as_there_is_a_camera(client, service, monkeypatch):
    service.file.write_text("keep_unknown = true\ncamera = []\n")
    monkeypatch.setattr(service.session, "cameras", list)
    assert "No stranger is kept yet" in client.get("/unknowns").text


def test_sightings_without_a_name_lead_to_the_stranger_who_can_be_named(client, strangers):
    page = client.get("/sightings").text
    assert page.count("""<a href="/unknowns/1">unknown 1</a>""") == 2  # both visits
    assert """<a href="/unknowns/3">unknown 3</a>""" in page
    page = client.get("/sightings/1").text
    assert """<a href="/unknowns/1">""" in page and """src="/unknowns/1/picture\"""" in page
    strangers.ignore(1)
    assert "/unknowns/1" not in client.get("/sightings").text + client.get("/sightings/1").text


def test_pictures_are_those_for_peoples_eyes_alone(client, strangers):
    assert client.get("/unknowns/1/picture").data == CROP
    assert client.get("/unknowns/1/visits/4/picture").data == CROP
    assert client.get("/unknowns/2/picture").location == "/static/nobody.svg"
    assert client.get("/unknowns/1/visits/2/picture").location == "/static/nobody.svg"  # another's visit
    answer = client.get("/api/v1/unknowns/2/picture")
    assert answer.status_code == 404 and "kept for people's eyes" in answer.json["detail"]


def test_several_are_named_at_once_and_that_is_taken_back(client, strangers, fresh_db):
    data = {"number": [1, 3], "name": "Ada"}
    page = client.post("/unknowns/name", data=data, follow_redirects=True).text
    assert "Unknown 1 named Ada." in page and "Unknown 3 named Ada." in page
    assert left(strangers) == {2: 1} and fresh_db.person("Ada").samples == 2
    assert "Taken back: Unknown 1 named Ada" in undo(client, page)
    assert sorted(left(strangers)) == [1, 2]
    history = client.get("/history").text  # whose pictures are gone cannot be named by one more click
    assert "/redo" not in history and '<a href="/unknowns/1">' in history


def test_all_of_a_page_are_chosen_by_a_link_that_needs_no_script(client, strangers):
    page = client.get("/unknowns?limit=2").text
    assert page.count(" checked>") == 0 and 'href="/unknowns?limit=2&amp;chosen=all"' in page
    page = client.get("/unknowns?limit=2&chosen=all").text
    assert page.count(" checked>") == 2 and "Choose none" in page
    assert 'href="/unknowns?limit=2&amp;offset=2" rel="next"' in page  # where nobody is chosen unseen
    assert "Choose all" not in client.get("/unknowns?limit=2&offset=2").text  # there is one alone


def test_a_name_that_the_pictures_speak_against_leaves_the_group_and_says_why(client, strangers):
    told = client.post("/unknowns/name", data={"number": [1, 2], "name": "Nobody"})
    assert told.status_code == 422
    assert (
        "The pictures of unknown 1 were refused: looks like Ada (similarity 0.81); if it is them all the same, tick"
        in told.text
    )
    assert "of unknown 2 were refused" in told.text
    assert left(strangers) == {1: 2, 2: 1, 3: 1}


@pytest.mark.parametrize(
    ("what", "numbers", "then"),
    [("merge", [3, 2], {1: 2, 2: 2}), ("ignore", [1], {2: 1, 3: 1})],
)
def test_what_is_decided_of_those_who_are_ticked_is_taken_back(client, strangers, what, numbers, then):
    before = left(strangers)
    page = client.post(f"/unknowns/{what}", data={"number": numbers}, follow_redirects=True).text
    assert left(strangers) == then
    assert "Taken back:" in undo(client, page) and left(strangers) == before


def test_a_group_is_shown_with_its_picture_and_those_visits_first_that_have_one(client, fresh_db):
    keep(fresh_db, new_stay(unit(1), portrait=None))
    keep(fresh_db, new_stay(unit(1), portrait=CROP), first=300)
    page = client.get("/unknowns/1").text
    assert page.index('src="/unknowns/1/picture"') < page.index("Who is it?")
    assert page.index("/visits/2/picture") < page.index("/visits/1/picture")


def test_visits_of_somebody_else_are_split_off(client, strangers):
    page = client.post("/unknowns/1/split", data={"visit": 4, "to": "/unknowns/1"}, follow_redirects=True).text
    assert left(strangers) == {1: 1, 2: 1, 3: 1, 4: 1}
    assert "<h1>Unknown 1</h1>" in page and "Unknown 4 split from unknown 1." in page
    undo(client, page)
    assert left(strangers) == {1: 2, 2: 1, 3: 1}


def test_forgetting_needs_a_tick_and_is_for_good(client, strangers):
    assert client.post("/unknowns/forget", data={"number": 1}).status_code == 400
    page = client.post("/unknowns/forget", data={"number": [1, 2], "sure": 1}, follow_redirects=True).text
    assert left(strangers) == {3: 1} and "Forgotten: unknown 1, 2." in page and "/undo" not in page


@pytest.mark.parametrize("what", ["name", "merge", "ignore", "forget"])
def test_one_whom_somebody_else_has_merged_meanwhile_is_a_sentence_and_nothing_changes(client, strangers, what):
    strangers.merge(3, 2)
    answer = client.post(f"/unknowns/{what}", data={"number": [1, 3], "name": "Ada", "sure": 1})
    assert answer.status_code == 404 and "There is no unknown 3, or not any more" in answer.text
    assert left(strangers) == {1: 2, 2: 2}


@pytest.mark.parametrize(
    ("address", "data", "sentence"),
    [
        ("merge", {"number": 1}, "One stranger alone cannot be merged"),
        ("ignore", {}, "No stranger is chosen"),
        ("ignore", {"number": "x"}, "No stranger is chosen"),
        ("1/split", {}, "Nothing of unknown 1 would be split off"),
        ("1/split", {"visit": [1, 2]}, "Unknown 1 has no visit 2"),
        ("name", {"number": 1, "name": ""}, "name"),
        ("ignore", {"number": str(2**70)}, "so large a number"),
    ],
)
def test_what_cannot_be_decided_is_said_in_a_sentence(client, strangers, address, data, sentence):
    answer = client.post(f"/unknowns/{address}", data=data)
    assert 400 <= answer.status_code < 500 and sentence in answer.text
    assert left(strangers) == {1: 2, 2: 1, 3: 1}


def test_programs_list_and_decide_and_take_back(client, service, strangers):
    enrol_ada(service)
    listed = client.get("/api/v1/unknowns?limit=1").json
    assert listed["total"] == 3 and listed["unknowns"][0]["id"] == 1 and listed["unknowns"][0]["like"] == "Ada"
    one = client.get("/api/v1/unknowns/1").json
    assert one["visits"] == 2
    assert [(stay["camera"], stay["has_portrait"]) for stay in one["stays"]] == [("door", True), ("garden", True)]
    split = client.post("/api/v1/unknowns/1/split", data={"visit": [4]}).json
    assert split["visits"] == 1
    client.post(f"/api/v1/history/{split['decisions'][0]}/undo")
    assert client.post("/api/v1/unknowns/2/merge", data={"into": 1}).json["visits"] == 3
    assert client.post("/api/v1/unknowns/3/ignore").json["decisions"]
    named = client.post("/api/v1/unknowns/1/name", data={"name": "Grace"}).json
    assert len(named["verdicts"]) == 3 and left(strangers) == {}
    sentences = [one["sentence"] for one in client.get("/api/v1/history").json["decisions"]]
    assert sentences[:2] == ["Unknown 1 named Grace.", "Unknown 3 ignored."]
    assert client.delete("/api/v1/unknowns/3").json == {"copies": []}


@pytest.mark.parametrize(
    ("address", "status"), [("9/ignore", 404), ("1/merge", 400), ("1/merge?into=1", 409), ("1/name?name=Nobody", 422)]
)
def test_errors_are_problems(client, strangers, address, status):
    answer = client.post(f"/api/v1/unknowns/{address}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_tokens_that_may_only_read_decide_nothing(client, access, strangers, service):
    token = access.add_token("frigate", "read")
    client.application.extensions["doorman"] = type(client.application.extensions["doorman"])(service, access, False)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/unknowns", headers=headers).status_code == 200
    assert client.get("/api/v1/unknowns").status_code == 401
    for method, address in (("POST", "unknowns/1/ignore"), ("DELETE", "unknowns/1"), ("POST", "history/1/undo")):
        assert client.open(f"/api/v1/{address}", method=method, headers=headers).status_code == 403
    assert client.post("/unknowns/ignore", data={"number": 1}).status_code == 401
    assert left(strangers) == {1: 2, 2: 1, 3: 1}

"""People set aside, restored, merged, renamed, exported; pictures dropped, offered and doubted; all taken back."""

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from db import SightingWriter
from db.history.suggestions import Suggestions
from db.people.exported import read_export
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.people import DIGEST, at, new_sample
from tests.web.fakes import CROP


@pytest.fixture
def people(fresh_db) -> tuple[int, int]:
    """Ada with two pictures, Grace with one; the ids of Ada's pictures."""
    fresh_db.add_samples("Ada", [new_sample(0, crop=CROP), new_sample(1, crop=CROP)])
    fresh_db.add_samples("Grace", [new_sample(2, crop=CROP)])
    first, second = (sample.id for sample in fresh_db.samples("Ada"))
    return first, second


@pytest.fixture
def offered(fresh_db, people) -> list[int]:
    """The ids of two looks at Ada that are offered."""
    ada = fresh_db.person("Ada").id
    looks = [replace(new_look(ada, vector=one), offered=CROP) for one in (unit(0.7, 0.7), unit(0.7, 0, 0.7))]
    seen(fresh_db, ada, *looks)
    return [one.id for one in Suggestions(fresh_db).waiting()]


def names(database, aside: bool = False) -> list[str]:
    return [person.name for person in database.people(aside=aside)]


def undo(client, page: str) -> str:
    address, to = re.search(r'action="(/history/\d+/undo)">.*?name="to" value="([^"]+)"', page, re.DOTALL).groups()
    return client.post(address, data={"to": to}, follow_redirects=True).text


@pytest.mark.parametrize(
    ("address", "data", "sentence", "then"),
    [
        ("Ada/rename", {"to": "Zoe"}, "Ada renamed Zoe.", ["Grace", "Zoe"]),
        ("Ada/merge", {"into": "grace"}, "Ada merged into Grace.", ["Grace"]),
        ("Ada/aside", {}, "Ada set aside.", ["Grace"]),
    ],
)
def test_what_is_decided_of_somebody_is_told_and_taken_back(client, fresh_db, people, address, data, sentence, then):
    page = client.post(f"/people/{address}", data=data, follow_redirects=True).text
    assert sentence in page and names(fresh_db) == then
    page = undo(client, page)
    assert f"Taken back: {sentence}" in page and "<h1>Ada</h1>" in page and names(fresh_db) == ["Ada", "Grace"]


@pytest.mark.parametrize(
    ("address", "data", "sentence", "heading"),
    [
        ("Ada/rename", {"to": "Zoe"}, "Ada renamed Zoe.", "Zoe"),
        ("Ada/merge", {"into": "grace"}, "Ada merged into Grace.", "Grace"),
        ("Ada/aside", {}, "Ada set aside.", "What was decided by hand"),
    ],
)
def test_what_was_taken_back_is_done_again_in_the_history(client, fresh_db, people, address, data, sentence, heading):
    undo(client, client.post(f"/people/{address}", data=data, follow_redirects=True).text)
    page = client.get("/history").text
    (again,) = re.findall(r'action="(/history/\d+/redo)"', page)  # nothing else was taken back
    page = client.post(again, follow_redirects=True).text
    assert f"<h1>{heading}</h1>" in page and sentence in page and names(fresh_db) != ["Ada", "Grace"]
    assert "/redo" not in client.get("/history").text  # since it stands
    undo(client, page)
    assert names(fresh_db) == ["Ada", "Grace"]


def test_a_picture_is_given_to_whom_it_shows_by_one_click_and_that_is_taken_back(client, fresh_db, people):
    page = client.get("/people/Ada").text
    assert 'action="/people/samples/1/move"' in page and '<option value="Grace">' in page
    told = client.post(
        "/people/samples/1/move", data={"right": "grace", "to": "/people/Ada"}, follow_redirects=True
    ).text
    assert "<h1>Ada</h1>" in told and "Picture 1 of Ada moved to Grace." in told
    assert fresh_db.person("Grace").samples == 2
    undo(client, told)
    assert fresh_db.person("Ada").samples == 2
    assert client.post("/api/v1/samples/1/move", data={"to": "Zoe"}).json["name"] == "Zoe"


def test_whoever_is_set_aside_is_listed_and_restored(client, fresh_db, people):
    client.post("/people/Ada/aside")
    assert 'Set aside: <a href="/people/Ada">Ada</a>.' in client.get("/people").text
    page = client.get("/people/Ada").text
    assert "Ada is set aside" in page and 'action="/people/Ada/restore"' in page
    client.post("/people/Ada/restore")
    assert names(fresh_db) == ["Ada", "Grace"]


@pytest.mark.parametrize(
    ("what", "sentence", "left"),
    [("aside", "Picture 1 of Ada set aside.", [True, False]), ("drop", "Picture 1 of Ada dropped.", [False])],
)
def test_a_picture_is_set_aside_or_dropped_and_that_is_taken_back(client, fresh_db, people, what, sentence, left):
    page = client.post(f"/people/samples/1/{what}", follow_redirects=True).text
    assert sentence in page and [sample.aside for sample in fresh_db.samples("Ada")] == left
    undo(client, page)
    assert [sample.aside for sample in fresh_db.samples("Ada")] == [False, False]


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("Ada/merge", {"into": "Nobody"}, 404),
        ("Ada/merge", {"into": "Ada"}, 409),
        ("Ada/rename", {"to": "Grace"}, 409),
        ("Ada/restore", {}, 409),
        ("Zoe/aside", {}, 404),
        ("samples/99/drop", {}, 404),
        ("samples/1/burn", {}, 404),
        (f"samples/{2**70}/aside", {}, 404),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(client, fresh_db, people, address, data, status):
    answer = client.post(f"/people/{address}", data=data)
    assert answer.status_code == status and 'role="alert"' in answer.text
    assert names(fresh_db) == ["Ada", "Grace"] and fresh_db.person("Ada").samples == 2


@pytest.mark.parametrize("address", ["/people/Ada/export", "/api/v1/people/Ada/export"])
def test_all_that_is_known_of_somebody_is_taken_along(client, people, address, tmp_path):
    answer = client.get(address)
    assert answer.content_type == "application/zip" and "Ada-1.zip" in answer.headers["Content-Disposition"]
    ZipFile(BytesIO(answer.data)).extractall(tmp_path)
    assert len(read_export(tmp_path / "Ada-1").samples) == 2
    assert client.get(address.replace("Ada", "Zoe")).status_code == 404


def test_people_are_listed_with_when_they_were_seen_last(client, fresh_db, people):
    with SightingWriter(fresh_db) as writer:
        key = writer.open("garden", at(0))
        writer.name(key, fresh_db.person("Ada").id, 0.7)
        writer.close(key, at(5))
    assert re.search(r"last seen <time[^>]*>[^<]*</time>, garden", client.get("/people").text)
    assert "before garden" in client.get("/people/Ada").text
    page = client.get("/people?like=gra").text
    assert re.findall(r'alt="" width="112".*?<strong>([^<]*)', page, re.DOTALL) == ["Grace"]


def test_pictures_that_are_offered_are_accepted_or_refused(client, fresh_db, offered):
    first, second = offered
    assert "2 further pictures offered" in client.get("/people").text
    page = client.get("/suggestions").text
    assert page.count('name="number"') == 2 and client.get(f"/suggestions/{first}/picture").data == CROP
    assert (
        "1 picture of Ada accepted."
        in client.post("/suggestions/accept", data={"number": first}, follow_redirects=True).text
    )
    assert fresh_db.person("Ada").samples == 3
    client.post("/suggestions/refuse", data={"number": second})
    assert "None is offered now." in client.get("/suggestions").text
    assert client.post("/suggestions/refuse", data={"number": second}).status_code == 404
    assert client.post("/suggestions/accept", data={}).status_code == 400


def test_all_that_are_offered_are_chosen_by_a_link_that_needs_no_script(client, offered):
    page = client.get("/suggestions").text
    assert "checked" not in page and '<a href="/suggestions?chosen=all">Choose all</a>' in page
    page = client.get("/suggestions?chosen=all").text
    assert page.count(" checked>") == 2 and '<a href="/suggestions">Choose none</a>' in page


def test_a_check_shows_what_is_doubtful_with_what_helps(client, people):
    assert "Check" in client.get("/check").text
    page = client.post("/check").text
    assert "Picture 1 of Ada is unlike the others (similarity 0.10)." in page
    assert 'action="/people/samples/1/aside"' in page and 'action="/people/Ada/merge"' in page


def test_programs_do_the_same(client, fresh_db, offered):
    api = "/api/v1"
    assert client.put(f"{api}/samples/1/aside").json["samples"] == 1
    assert [one["aside"] for one in client.get(f"{api}/people/Ada").json["pictures"]] == [True, False]
    assert client.delete(f"{api}/samples/1/aside").json["samples"] == 2
    assert client.get(f"{api}/samples/1").data == CROP
    dropped = client.delete(f"{api}/samples/1").json["decisions"]
    client.post(f"{api}/history/{dropped[0]}/undo")
    (again,) = client.post(f"{api}/history/{dropped[0]}/redo").json["decisions"]
    assert client.post(f"{api}/history/{dropped[0]}/redo").status_code == 404  # there is no such picture any more
    client.post(f"{api}/history/{again}/undo")
    client.put(f"{api}/people/Ada/aside")
    assert [one["name"] for one in client.get(f"{api}/people?aside=1").json["people"]] == ["Ada"]
    client.delete(f"{api}/people/Ada/aside")
    assert client.post(f"{api}/people/Grace/rename", data={"to": "Zoe"}).json["name"] == "Zoe"
    assert len(client.post(f"{api}/check").json["doubts"]) == 2
    waiting = client.get(f"{api}/suggestions").json["suggestions"]
    assert [one["id"] for one in waiting] == offered
    assert client.get(f"{api}/suggestions/{offered[0]}/picture").data == CROP
    assert client.post(f"{api}/suggestions/accept", data={"id": offered[0]}).json["decisions"]
    assert client.post(f"{api}/suggestions/refuse", data={"id": offered[1]}).json == {"total": 0}
    assert client.post(f"{api}/suggestions/refuse").status_code == 400
    merged = client.post(f"{api}/people/Zoe/merge", data={"into": "Ada"}).json
    assert (merged["name"], merged["samples"]) == ("Ada", 4)
    assert DIGEST not in client.get(f"{api}/people/Ada").text

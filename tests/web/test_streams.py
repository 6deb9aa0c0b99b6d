"""Answers without an end, and what need not be sent again."""

import json
from itertools import islice

import pytest

from tests.web.fakes import enrol_ada
from web.parts import MOST_STREAMS


def test_events_come_as_they_happen(client):
    answer = client.get("/api/v1/events", buffered=False)
    assert answer.content_type == "text/event-stream; charset=utf-8"
    hello, told = islice(answer.response, 2)
    assert hello == b"retry: 3000\n\n"
    kind, data, *_ = told.decode().splitlines()
    assert kind == "event: named"
    assert json.loads(data.removeprefix("data: "))["name"] == "Ada"
    answer.close()


def test_a_camera_streams_motion_jpeg_until_no_picture_comes(client):
    answer = client.get("/api/v1/cameras/door/stream.mjpg")
    assert answer.content_type == "multipart/x-mixed-replace; boundary=picture"
    assert answer.data.startswith(b"--picture\r\nContent-Type: image/jpeg\r\n")
    assert answer.data.count(b"\xff\xd8\xff") == 1
    assert client.get("/api/v1/cameras/garden/stream.mjpg").status_code == 404


@pytest.mark.parametrize("address", ["events", "cameras/door/stream.mjpg"])
def test_no_more_streams_are_open_at_once_than_may_be_and_a_closed_one_makes_room(client, address):
    others = client.application.test_client()  # each request by itself
    opened = [others.get(f"/api/v1/{address}", buffered=False) for _ in range(MOST_STREAMS)]
    refused = others.get(f"/api/v1/{address}")
    assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
    assert "ask for single pictures" in refused.json["detail"]
    opened[0].close()
    opened.append(others.get(f"/api/v1/{address}", buffered=False))
    assert opened[-1].status_code == 200
    for answer in opened[1:]:
        answer.close()


def test_streams_without_a_watch_are_not_there(client, service):
    service.session = None
    assert client.get("/api/v1/events").status_code == 404
    assert client.get("/api/v1/cameras/door/stream.mjpg").status_code == 404


def test_a_stream_ends_once_its_token_is_valid_no_longer(client, service, access, monkeypatch):
    monkeypatch.setattr("web.streams.CHECKED", -1.0)
    secret = access.add_token("home assistant", "read")
    answer = client.get("/api/v1/events", headers={"Authorization": f"Bearer {secret}"}, buffered=False)
    assert next(answer.response)
    access.remove_token("home assistant")
    assert list(answer.response) == []


@pytest.mark.parametrize(
    "address", ["/api/v1/people", "/api/v1/sightings", "/api/v1/sightings?format=csv", "/people/Ada/picture"]
)
def test_who_has_it_already_is_told_so(client, service, address):
    enrol_ada(service)
    first = client.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(address, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    if "people" in address and "picture" not in address:
        enrol_ada(service, "Bea")
        assert client.get(address, headers=known).status_code == 200

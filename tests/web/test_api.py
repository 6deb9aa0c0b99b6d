"""The API for programs."""

from dataclasses import replace

import pytest

from tests.web.conftest import a_picture
from tests.web.fakes import enrol_ada


def test_identify_answers_with_names_places_and_what_was_not_used(client, service, picture):
    enrol_ada(service)
    answer = client.post("/api/v1/identify", data={"image": (picture, "door.jpg")}).json
    assert (answer["width"], answer["height"], answer["threshold"]) == (60, 40, 0.4)
    [face] = answer["faces"]
    assert set(face) == {"box", "points", "score", "quality", "refused", "name", "matches"}
    assert (face["name"], face["box"], len(face["points"])) == ("Ada", [2.0, 3.0, 12.0, 15.0], 5)
    assert face["matches"] == [{"name": "Ada", "similarity": 0.5}]


def test_detect_gives_places_and_embeddings_on_request(client, picture):
    [face] = client.post("/api/v1/detect", data={"image": (picture, "door.jpg")}).json["faces"]
    assert set(face) == {"box", "points", "score", "quality", "refused"}
    [face] = client.post("/api/v1/detect", data={"image": (a_picture(), "door.jpg"), "embedding": "1"}).json["faces"]
    assert len(face["embedding"]) == 512


def test_two_pictures_are_compared(client):
    two = [(a_picture(), "a.jpg"), (a_picture(), "b.jpg")]
    answer = client.post("/api/v1/compare", data={"image": two}).json
    assert answer == {"similarity": 0.61, "threshold": 0.4, "meaning": "the same person, clearly"}
    assert client.post("/api/v1/compare", data={"image": (a_picture(), "a.jpg")}).status_code == 400


def test_samples_are_added_with_a_verdict_each(client, service):
    answer = client.post(
        "/api/v1/people/Ada/samples", data={"image": [(a_picture(), "1.jpg"), (a_picture(), "group.jpg")]}
    )
    assert answer.status_code == 200
    assert [bool(verdict["refused"]) for verdict in answer.json["verdicts"]] == [False, True]
    assert client.get("/api/v1/people").json["people"][0]["name"] == "Ada"
    refused = client.post("/api/v1/people/Ada/samples", data={"image": (a_picture(), "group.jpg")})
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert "several faces" in refused.json["verdicts"][0]["refused"]


def test_a_program_is_told_which_refusals_yield_to_force(client):
    pictures = [(a_picture(), "group.jpg"), (a_picture(), "stranger.jpg")]
    answer = client.post("/api/v1/people/Ada/samples", data={"image": pictures})
    assert [verdict["doubted"] for verdict in answer.json["verdicts"]] == [False, True]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "people/Nobody", 404),
        ("GET", "people/%20", 404),  # nobody can be called that
        ("GET", f"people/{'a' * 201}", 404),
        ("GET", "people/a%2Fb", 404),
        ("DELETE", "people/%20", 404),
        ("PUT", "people/%20/aside", 404),
        ("POST", "people/%20/rename?to=Ada", 404),
        ("POST", "people/%20/merge?into=Ada", 404),
        ("GET", "nothing", 404),
        ("PUT", "people", 405),
        ("POST", "identify", 400),
        ("GET", "cameras/nowhere/frame", 404),
        ("GET", "cameras/nowhere/stream.mjpg", 404),
        ("GET", "sightings?since=soon", 400),
    ],
)
def test_errors_are_problems_with_a_remedy(client, method, address, status):
    answer = client.open(f"/api/v1/{address}", method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status and len(answer.json["detail"]) > 20


def test_a_cameras_newest_picture_has_its_number(client):
    answer = client.get("/api/v1/cameras/door/frame?after=6")
    assert (answer.status_code, answer.content_type, answer.headers["X-Frame"]) == (200, "image/jpeg", "7")
    assert client.get("/api/v1/cameras/door/frame?after=7").status_code == 204


def test_health_says_what_is_wrong(client, service, access):
    assert client.get("/api/v1/health").json == {"status": "ok"}
    service.session.camera_problem = "door gave no picture for 9 s."
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json["status"]) == (503, "door gave no picture for 9 s.")
    access.add_token("home assistant", "read")
    client.application.extensions["doorman"] = replace(client.application.extensions["doorman"], is_open=False)
    answer = client.get("/api/v1/health")
    assert answer.status_code == 503 and "door" not in answer.text  # what cameras are called is nobody's business
    service.session = None  # nothing is to be watched
    assert client.get("/api/v1/health").status_code == 200


def test_sightings_come_as_csv(client):
    assert client.get("/api/v1/sightings?format=csv").text.startswith("id,person,camera,first_seen")


def test_what_nobody_foresaw_is_told_to_the_log_alone(client, service, caplog, monkeypatch):
    monkeypatch.setattr(service.people, "everybody", lambda *_: {}["/secret/path"])
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/api/v1/people")
    assert answer.status_code == 500
    assert "secret" not in answer.text and "secret" in caplog.text


def test_the_description_names_every_address(client):
    described = client.get("/api/v1/swagger.json").json
    assert {"/identify", "/people", "/people/{name}/samples", "/sightings", "/cameras", "/health"} <= set(
        described["paths"]
    )

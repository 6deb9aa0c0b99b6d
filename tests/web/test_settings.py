"""The page of the settings: threshold, retention, tokens, doctor."""

import re

import pytest

from stream.errors import StreamError
from stream.gallery.calibration.calibration import stored
from stream.tools import doctor
from tests.people import DIGEST, enrol
from web.application import create_app

PEOPLE = [f"P{number}" for number in range(12)]  # enough to do without a score set


@pytest.fixture
def well(monkeypatch):
    """No networks are looked at."""
    monkeypatch.setattr(doctor, "_networks", list)


def test_the_threshold_in_force_and_where_it_is_from_are_told(client, service, fresh_db):
    page = client.get("/settings").text
    assert "0.400" in page and "not calibrated for your people" in page
    service.recognition.recognizer.given = 0.5
    assert "given at the start, with --threshold" in client.get("/settings").text


def test_a_rate_is_measured_as_curve_and_table_and_put_in_force(client, service, fresh_db):
    enrol(fresh_db, *PEOPLE)
    part = client.post("/settings/threshold", data={"percent": "5"}).text
    assert part.count("<circle ") == part.count(">Put in force<span") == 7
    assert stored(fresh_db, DIGEST) is None  # not before somebody says so
    answer = client.post("/settings/threshold/use", data={"percent": "5"}, follow_redirects=True)
    assert "The threshold for 5 % is in force" in answer.text and "Calibrated on" in answer.text
    assert stored(fresh_db, DIGEST).far == 0.05


@pytest.mark.parametrize("percent", ["", "0", "51", "nan", "x", "-1"])
def test_a_rate_that_is_none_is_told(client, percent):
    answer = client.post("/settings/threshold", data={"percent": percent})
    assert answer.status_code == 400 and "from 0.01 to 50" in answer.text


def test_a_gallery_that_is_too_small_is_told(client):
    answer = client.post("/settings/threshold", data={"percent": "1"}, headers={"HX-Request": "1"})
    assert answer.status_code == 422 and "enrol people first" in answer.text


def test_retention_is_shown_changed_and_kept(client, service):
    before = client.get("/settings").text
    assert 'value="30"' in before and 'value="1000"' in before
    client.post("/settings/retention", data={"days": "7", "megabytes": "250.5"})
    assert (service.session.keep.days, service.session.keep.max_bytes) == (7, 250.5e6)
    assert 'value="250.5"' in client.get("/settings").text
    assert "keep_days = 7.0" in service.file.read_text() and "# our house" in service.file.read_text()


@pytest.mark.parametrize("days", ["", "-1", "nan", "inf", "soon"])
def test_what_is_no_time_is_told(client, service, days):
    assert client.post("/settings/retention", data={"days": days, "megabytes": "1"}).status_code == 400
    assert service.session.keep.days == 30


def test_without_a_watch_nothing_is_erased_by_itself(client, service):
    service.session = None
    assert "a watch does that" in client.get("/settings").text
    assert client.post("/settings/retention", data={"days": "7", "megabytes": "1"}).status_code == 422


def test_a_token_is_shown_once_and_revoked(client, access):
    answer = client.post("/settings/tokens", data={"name": " frigate ", "scope": "read"})
    secret = re.search(r'readonly value="([^"]+)"', answer.text)[1]
    assert answer.headers["Cache-Control"] == "no-store" and "doorman web password" in answer.text
    assert access.token(secret).name == "frigate"
    page = client.get("/settings").text
    assert "frigate" in page and secret not in page
    assert client.post("/settings/tokens", data={"name": "frigate", "scope": "manage"}).status_code == 409
    client.post("/settings/tokens/revoke", data={"name": "frigate"})
    assert access.token(secret) is None
    assert client.post("/settings/tokens/revoke", data={"name": "frigate"}).status_code == 404


@pytest.mark.parametrize(("name", "scope"), [("", "read"), ("x" * 61, "read"), ("a", "everything"), ("a", "")])
def test_a_token_that_is_none_is_told(client, access, name, scope):
    assert client.post("/settings/tokens", data={"name": name, "scope": scope}).status_code == 400
    assert access.tokens() == []


def test_the_doctors_findings_are_told_with_their_remedy(client, well, monkeypatch):
    part = client.get("/settings/doctor").text
    assert "database" in part and "0 people" in part

    def ill(_):
        raise StreamError("The disk is full: free some room.")

    monkeypatch.setattr(doctor, "_evidence", ill)
    part = client.get("/settings/doctor").text
    assert "The disk is full: free some room." in part and re.search(r"\b1 of \d+ is not well", part)


def test_the_settings_are_for_those_who_may_manage(service, access):
    access.set_password("a long password")
    secret = access.add_token("frigate", "read")
    app = create_app(service, access, loopback=False)
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    client = app.test_client()
    for page in ("/settings", "/settings/doctor"):
        assert client.get(page).status_code == 302
        assert client.get(page, headers={"Authorization": f"Bearer {secret}"}).status_code == 403

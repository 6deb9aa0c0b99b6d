"""The password, the tokens, and what each may do."""

import re

import pytest

from web.application import create_app
from web.parts import limiter

PASSWORD = "correct horse battery"


@pytest.fixture
def locked(service, access):
    """A browser where the password is asked for."""
    access.set_password(PASSWORD)
    app = create_app(service, access, loopback=False)
    app.config.update(TESTING=True)
    limiter.reset()
    with app.test_client() as client:
        yield client


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def log_in(client, password=PASSWORD, to=""):
    token = csrf(client.get(f"/login?to={to}").text)
    return client.post(f"/login?to={to}", data={"password": password, "csrf_token": token})


@pytest.mark.parametrize("page", ["/live", "/photo", "/people", "/sightings", "/people/Ada", "/people/Ada/picture"])
def test_every_page_asks_who_is_there(locked, page):
    answer = locked.get(page)
    assert answer.status_code == 302
    assert "/login?to=" in answer.location


@pytest.mark.parametrize("address", ["people", "sightings", "cameras", "people/Ada", "cameras/door/frame"])
def test_the_api_asks_too(locked, address):
    answer = locked.get(f"/api/v1/{address}")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_after_the_password_the_wanted_page_comes(locked):
    answer = log_in(locked, to="/sightings?name=Ada")
    assert (answer.status_code, answer.location) == (302, "/sightings?name=Ada")
    assert locked.get("/people").status_code == 200


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_it_leads_nowhere_else(locked, elsewhere):
    assert log_in(locked, to=elsewhere).location == "/live"


def test_a_wrong_password_opens_nothing_and_only_ten_are_tried_a_minute(locked):
    token = csrf(locked.get("/login").text)
    statuses = [locked.post("/login", data={"password": "x", "csrf_token": token}).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    told = locked.post("/login", data={"password": "x", "csrf_token": token}, headers={"HX-Request": "true"}).text
    assert told == '<p class="sentence" role="alert">Too many requests: wait a minute.</p>'
    assert locked.get("/people").status_code == 302


def test_a_form_of_another_page_is_not_taken(locked):
    log_in(locked)
    assert locked.post("/people/Ada/erase", data={"sure": "1"}).status_code == 400
    assert locked.post("/people/Ada/erase", data={"sure": "1", "csrf_token": "made up"}).status_code == 400


def test_a_session_ends_with_its_password(locked, access):
    log_in(locked)
    access.set_password("another password")
    assert locked.get("/people").status_code == 302


def test_logging_out_ends_it_too(locked):
    log_in(locked)
    locked.post("/logout", data={"csrf_token": csrf(locked.get("/people").text)})
    assert locked.get("/people").status_code == 302


def test_the_session_is_kept_from_scripts_and_other_sites(locked):
    cookie = log_in(locked).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


def test_a_token_lets_a_program_do_what_its_scope_says(locked, access):
    read, manage = access.add_token("frigate", "read"), access.add_token("home", "manage")
    assert locked.get("/api/v1/people", headers={"Authorization": f"Bearer {read}"}).status_code == 200
    refused = locked.delete("/api/v1/people/Ada", headers={"Authorization": f"Bearer {read}"})
    assert (refused.status_code, refused.json["detail"]) == (
        403,
        "This token may only read: make one of the scope manage.",
    )
    assert locked.delete("/api/v1/people/Ada", headers={"Authorization": f"Bearer {manage}"}).status_code == 404
    access.remove_token("frigate")
    assert locked.get("/api/v1/people", headers={"Authorization": f"Bearer {read}"}).status_code == 401


def test_a_wrong_token_is_refused_even_where_all_is_open(client):
    assert client.get("/api/v1/people", headers={"Authorization": "Bearer made-up"}).status_code == 401


def test_nobody_gets_in_when_the_last_token_is_taken_away(service, access):
    access.add_token("home", "manage")
    client = create_app(service, access, loopback=False).test_client()
    access.remove_token("home")
    assert client.get("/people").status_code == 302
    assert client.get("/api/v1/people").status_code == 401


def test_no_secret_is_stored_as_it_is(access, fresh_db):
    access.set_password(PASSWORD)
    token = access.add_token("home", "manage")
    kept = f"{fresh_db.setting('web_password')} {fresh_db.setting('web_tokens')}"
    assert PASSWORD not in kept and token not in kept
    assert "argon2" in kept


def test_a_short_password_is_refused(access):
    with pytest.raises(ValueError, match="at least 10"):
        access.set_password("short")


def test_a_sessions_own_page_must_have_sent_what_the_api_is_to_do(locked):
    log_in(locked)
    assert locked.delete("/api/v1/people/Ada").status_code == 400

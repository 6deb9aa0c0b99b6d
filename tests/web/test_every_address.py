"""What holds at every address there is: who may ask, whose page a request comes from, and what a page may hold."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.fuzz import populate
from web.application import create_app

OPEN = {"static", "login.log_in", "login.try_password", "login.log_out", "home"}
OPEN |= {
    "api.health",
    "api.doc",
    "api.specs",
    "api.root",
    "restx_doc.static",
}  # what the API is, and whether it is well
VALUES = {"name": "Ada", "number": 1, "visit": 1, "track": 1, "look": 1, "what": "aside", "filename": "icon.svg"}


@pytest.fixture
def app(service, access) -> Flask:
    """Where somebody must log in, and much is there."""
    populate(service)
    access.set_password("correct horse battery")
    app = create_app(service, access, loopback=False)
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    return app


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values = {name: VALUES.get(name, 1) for name in rule.arguments - set(rule.defaults or ())}
        return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def asked(app: Flask, method: str) -> list[str]:
    return [
        address(app, rule)
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint not in OPEN
    ]


def test_nobody_gets_or_does_anything_without_having_logged_in(app):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for page in asked(app, method):
            answer = app.test_client().open(page, method=method)
            to_log_in = answer.status_code == 302 and "/login?to=" in answer.location
            no_mark = answer.status_code == 400 and "load it again" in answer.text
            assert to_log_in or no_mark or answer.status_code == 401, (method, page, answer.status_code)


def test_no_other_page_makes_the_browser_of_somebody_who_has_logged_in_do_anything(app, access, service):
    decided = service.corrections.history().total
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for page in asked(app, method):
            client = app.test_client()
            with client.session_transaction() as session:
                session["mark"] = access.mark
            assert client.open(page, method=method).status_code == 400, (method, page)
    assert service.corrections.history().total == decided


def test_tokens_that_may_only_read_change_nothing(app, access, service):
    token = {"Authorization": f"Bearer {access.add_token('frigate', 'read')}"}
    reading = {"/api/v1/check", "/api/v1/compare", "/api/v1/detect", "/api/v1/find", "/api/v1/identify"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for page in asked(app, method):
            if page.startswith("/api/") and page not in reading:
                assert app.test_client().open(page, method=method, headers=token).status_code == 403, (method, page)


def test_no_page_holds_a_script_or_a_style_of_its_own(client, service):
    populate(service)
    app = client.application
    for page in asked(app, "GET"):
        if page.startswith("/api/"):
            continue
        answer = client.get(page)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|<style|\son[a-z]+=|javascript:", answer.text), page

"""What was typed wrong: the sentence is where it was typed, and what was typed stays."""

import pytest

from stream.sources.address import LOOPBACK
from tests.web.fakes import enrol_ada
from web.application import create_app

SCRIPT = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("address", "sentence", "typed"),
    [
        ("sightings?name=Love", "did you mean Ada Lovelace?", 'value="Love"'),
        ("sightings?name=%E2%80%8B", "at least one visible character", 'name="name"'),
        ("sightings?since=soon&camera=door", "soon is no day", 'value="door"'),
        ("visits?name=Zoe&since=2026-11-01", "Nobody called Zoe is enrolled", 'value="2026-11-01"'),
        ("visits?until=9999-99-99", "9999-99-99 is no day", 'name="until"'),
        ("sightings/unnamed?since=x&camera=door", "x is no day", 'value="door"'),
    ],
)
def test_a_search_that_asks_for_what_there_is_not_says_so_beside_its_form(client, service, address, sentence, typed):
    enrol_ada(service, "Ada Lovelace")
    answer = client.get(f"/{address}")
    assert answer.status_code == 200
    assert sentence in answer.text and typed in answer.text and "Nobody was seen" not in answer.text


def test_a_form_that_is_taken_tells_the_script_where_the_browser_goes_on(client, service):
    enrol_ada(service)
    answer = client.post("/people/Ada/rename", data={"to": "Grace"}, headers=SCRIPT)
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.text) == (204, "/people/Grace", "")
    assert "Location" not in answer.headers
    assert "Ada renamed Grace." in client.get("/people/Grace").text  # what the next page tells was not lost


def test_a_form_that_is_refused_answers_the_script_with_the_sentence_alone(client, service):
    enrol_ada(service)
    answer = client.post("/people/Ada/merge", data={"into": "Zoe"}, headers=SCRIPT)
    assert answer.status_code == 404
    assert answer.text.startswith('<p class="sentence" role="alert">Nobody called Zoe is enrolled')


def test_a_part_of_a_page_whose_log_in_has_ended_leads_to_the_log_in_and_back_to_the_page(service, access):
    access.set_password("correct horse battery")
    app = create_app(service, access)
    app.config.update(TESTING=True)
    shown = {**SCRIPT, "HX-Current-URL": f"http://{LOOPBACK}/cameras?sort=name"}
    answer = app.test_client().get("/cameras/states", headers=shown)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login?to=/cameras?sort%3Dname")


def test_a_form_of_an_old_page_says_what_to_do(service, access):
    app = create_app(service, access)
    app.config.update(TESTING=True)
    answer = app.test_client().post("/people/Ada/aside", headers=SCRIPT)
    assert answer.status_code == 400 and "load it again" in answer.text


def test_where_there_is_a_token_and_no_password_the_log_in_says_how_to_set_one(service, access):
    access.add_token("frigate", "read")
    app = create_app(service, access)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    assert "doorman web password" in browser.get("/login").text
    assert "doorman web password" in browser.post("/login", data={"password": "whatever"}).text
    access.set_password("correct horse battery")
    assert "doorman web password" not in browser.get("/login").text
    assert browser.post("/login", data={"password": "correct horse battery"}).location == "/live"


@pytest.mark.parametrize("address", ["/api/v1/people//samples", "//", "/people//picture", "/api/v1//people", "/api/v1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_with_nothing_between_its_slashes_is_no_mistake_of_ours(client, address, method):
    client.application.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    assert client.open(address, method=method).status_code < 500

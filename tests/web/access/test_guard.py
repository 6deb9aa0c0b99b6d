"""Who may ask at all."""

import pytest

from web.access.guard import Proxied, name_of
from web.application import create_app
from web.forms.addresses import KeptSlashes


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_this_machines_own_names_are_answered(client, host):
    assert client.get("/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "localhost.evil.example", "127.0.0.1.nip.example"]
)
def test_a_name_of_the_web_that_points_here_is_refused(client, host):
    answer = client.get("/live", headers={"Host": host})
    assert answer.status_code == 403
    assert "ask for localhost" in answer.text


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"Origin": "http://evil.example"}, 403),
        ("POST", {"Origin": "http://localhost:9999"}, 403),
        ("POST", {"Origin": "null"}, 403),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", {"Sec-Fetch-Site": "same-site"}, 403),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ("GET", {"Origin": "http://localhost"}, 200),
        ("GET", {}, 200),
    ],
)
def test_another_sites_page_cannot_ask_through_the_browser(client, method, headers, status):
    address = "/people" if method == "GET" else "/api/v1/identify"
    assert client.open(address, method=method, headers=headers).status_code == status


def test_pages_load_nothing_from_elsewhere_and_no_script_of_their_own_text(client):
    answer = client.get("/photo")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    assert "<script>" not in answer.text and " onclick=" not in answer.text and "style=" not in answer.text
    assert "http://" not in answer.text and "https://" not in answer.text


@pytest.mark.parametrize(
    "address", ["/people?like=%00", "/people/A%00", "/sightings?camera=a&camera=%00", "/api/v1/people?%00=1"]
)
def test_an_address_with_a_nul_is_refused_with_the_reason(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "NUL character" in answer.text
    assert "\0" not in answer.text


def test_beyond_loopback_any_name_is_answered(service, access):
    access.set_password("a long password")
    app = create_app(service, access, loopback=False)
    assert app.test_client().get("/login", headers={"Host": "doorman.example"}).status_code == 200


@pytest.mark.parametrize(("host", "name"), [("a:1", "a"), ("a", "a"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]")])
def test_the_port_is_no_part_of_a_name(host, name):
    assert name_of(host) == name


def ask(proxied, **environ):
    """What a WSGI application is told, and the status."""
    statuses = []
    told = proxied({"REMOTE_ADDR": "10.0.0.9", **environ}, lambda status, _: statuses.append(status))
    return told, statuses


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/people/A%2FB%C3%A9?x=%2F", "/people/A\x1fBÃ©"),
        ("http://host:1/a%2fb", "/a\x1fb"),
        ("//[%2F", "//[\x1f"),
        ("/a/b?c=%2F", "as it was"),
    ],
)
def test_a_slash_within_a_part_of_an_address_does_not_part_it_whatever_is_sent(sent, path):
    told, _ = ask(KeptSlashes(lambda environ, start: environ), REQUEST_URI=sent, PATH_INFO="as it was")
    assert told["PATH_INFO"] == path


def test_forwarded_headers_of_anybody_are_refused():
    told, statuses = ask(Proxied(lambda environ, start: environ), HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert statuses == ["400 Bad Request"]
    assert b"--trusted-proxy" in told[0]


def test_the_trusted_proxy_is_believed_and_only_its_own_word():
    told, statuses = ask(
        Proxied(lambda environ, start: environ, "10.0.0.9"),
        HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="doorman.example",
        HTTP_X_FORWARDED_PREFIX="/doorman/",
    )
    assert not statuses
    assert told["REMOTE_ADDR"] == "192.0.2.1"
    assert told["wsgi.url_scheme"] == "https"
    assert told["HTTP_HOST"] == "doorman.example"
    assert told["SCRIPT_NAME"] == "/doorman"

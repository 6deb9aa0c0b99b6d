"""`doorman serve` and `doorman web`."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from db import Database
from stream.errors import StreamError
from web.access.access import Access
from web.server import WebServer, address, is_loopback

ROOT = Path(__file__).resolve().parents[2]


def doorman(*arguments, stdin=""):
    command = [sys.executable, ROOT / "run.py", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=120)


@pytest.fixture
def db(tmp_path):
    return ("--db", str(tmp_path / "people.db"))


def test_a_password_is_set_and_tokens_come_and_go(db):
    assert doorman("web", "password", *db, stdin="a long password\n").returncode == 0
    secret = doorman("web", "token", "frigate", *db).stdout.strip()
    assert len(secret) > 30
    assert doorman("web", "tokens", *db).stdout == "frigate: read\n"
    assert doorman("web", "token", "frigate", "--remove", *db).returncode == 0
    assert doorman("web", "tokens", *db).stdout == ""


def test_a_password_is_taken_away_again_but_tokens_alone_keep_the_pages_closed(db):
    for arguments in (("token", "frigate"), ("password",)):
        assert doorman("web", *arguments, *db, stdin="a long password\n").returncode == 0
    closed = doorman("web", "password", "--remove", *db)
    assert closed.returncode == 0 and "Tokens are left" in " ".join(closed.stderr.split())
    assert "There is no password" in doorman("web", "password", "--remove", *db).stderr
    doorman("web", "token", "frigate", "--remove", *db)
    with Database.open(db[1]) as database:
        assert Access(database).is_open


def test_where_there_is_no_token_that_is_said_to_people_alone(db):
    told = doorman("web", "tokens", *db)
    assert (told.stdout, "There is no token" in told.stderr) == ("", True)


def test_a_token_without_a_password_is_told_to_close_the_pages(db):
    done = doorman("web", "token", "frigate", *db)
    assert len(done.stdout.split()) == 1, "a script takes the token from there"
    assert "ask for a password from their next start on" in " ".join(done.stderr.split())


def test_a_second_token_of_one_name_is_told_to_end_the_first(db):
    first, second = (doorman("web", "token", "frigate", *db) for _ in range(2))
    ended = "the earlier token frigate, which is valid no longer"
    assert [ended in " ".join(done.stderr.split()) for done in (first, second)] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["web", "password"], "short\n", "at least 10 characters"),
        (["web", "token", "nothing", "--remove"], "", "There is no token nothing"),
        (["web", "token", " "], "", "Say what the token is for"),
        (["serve", "--web", "0.0.0.0:0"], "", "without a password: set one by `doorman web password`"),
        (["serve", "--web", "here"], "", "write HOST:PORT"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(db, arguments, stdin, sentence):
    done = doorman(*arguments, *db, stdin=stdin)
    assert done.returncode == 1
    assert sentence in " ".join(done.stderr.split()) and "Traceback" not in done.stderr


def test_pages_come_from_a_real_port(service, access):
    with WebServer(service, access, "127.0.0.1", 0) as server:
        with urllib.request.urlopen(f"{server.url}people", timeout=60) as answer:
            assert answer.status == 200
        forwarded = urllib.request.Request(f"{server.url}people", headers={"X-Forwarded-For": "192.0.2.1"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(forwarded, timeout=60)


def test_a_taken_port_is_told(service, access):
    with (
        WebServer(service, access, "127.0.0.1", 0) as server,
        pytest.raises(StreamError, match="choose another port"),
    ):
        WebServer(service, access, "127.0.0.1", server.port)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8765", ("127.0.0.1", 8765)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:80", ("::1", 80)),
        (":80", ("127.0.0.1", 80)),
    ],
)
def test_an_address_may_leave_out_its_host(text, expected):
    assert address(text) == expected


@pytest.mark.parametrize("host", ["127.0.0.2", "::1", "localhost"])
def test_loopback_is_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "a.example"])
def test_what_others_reach_is_no_loopback(host):
    assert not is_loopback(host)

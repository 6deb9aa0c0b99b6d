"""Events to a web address: in order, none lost, whatever happens to the network and the program."""

import hmac
import json
import threading
import time
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from urllib3.exceptions import LocationParseError

from db.sightings.outbox import Outbox
from stream import in_time
from stream.errors import StreamError
from stream.events import webhook
from stream.events.webhook import Webhook

SOON = 10.0  # seconds after which a test has failed


class Receiver:
    """A web server that answers as a test says, and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[int] = []  # the next ones; then 204
        self.drips = 0  # bytes of an answer that come one by one
        self.taken: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._server: HTTPServer | None = None
        self._port = 0
        self.start()

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.headers.append(dict(self.headers))
                status = receiver.answers.pop(0) if receiver.answers else 204
                if status == 204:
                    receiver.taken.append(body)
                for _ in range(receiver.drips):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def url(self, credentials: str = "") -> str:
        return f"http://{credentials}127.0.0.1:{self._port}/events?token=s3cret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(webhook, "wait_before", lambda attempt, chance: 0.02)


def wait_for(condition):
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def send(folder, url, *messages):
    with Outbox.open(folder, "hook") as outbox, Webhook(url, outbox) as hook:
        for message in messages:
            hook.send(message)


def test_events_arrive_in_order_as_json(receiver, tmp_path):
    messages = [json.dumps({"number": number}) for number in range(20)]
    send(tmp_path, receiver.url(), *messages)
    assert receiver.taken == messages
    assert {headers["Content-Type"] for headers in receiver.headers} == {"application/json"}


def test_an_event_is_sent_until_it_is_taken_and_then_no_more(receiver, tmp_path):
    receiver.answers = [500, 429, 302, 401]
    with Outbox.open(tmp_path, "hook") as outbox, Webhook(receiver.url(), outbox) as hook:
        hook.send("one")
        hook.send("two")
        wait_for(lambda: len(receiver.taken) == 2)
    assert receiver.taken == ["one", "two"]


def test_an_outage_over_a_restart_costs_nothing(receiver, tmp_path, caplog):
    receiver.stop()
    send(tmp_path, receiver.url(), "one", "two")
    assert "2 events wait on disk for the next run" in caplog.text
    receiver.start()
    send(tmp_path, receiver.url(), "three")
    assert receiver.taken == ["one", "two", "three"]


def test_they_arrive_when_the_receiver_is_back(receiver, tmp_path, caplog):
    receiver.stop()
    with Outbox.open(tmp_path, "hook") as outbox, Webhook(receiver.url(), outbox) as hook:
        hook.send("one")
        wait_for(lambda: "cannot be reached" in caplog.text)
        receiver.start()
        wait_for(lambda: receiver.taken)
    assert caplog.text.count("cannot be reached (no connection)") == 1
    assert "takes events again" in caplog.text


@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_event_that_is_refused_does_not_hold_up_the_others(receiver, tmp_path, caplog, status):
    receiver.answers = [status]
    send(tmp_path, receiver.url(), "one", "two")
    assert receiver.taken == ["two"]
    assert f"refuses an event ({status})" in caplog.text


@pytest.fixture
def hanging(monkeypatch):
    """Somebody who does not answer as long as the test goes on."""
    over = threading.Event()

    def post(*_, **__):
        over.wait(SOON)
        raise requests.Timeout

    monkeypatch.setattr("requests.Session.post", post)
    monkeypatch.setattr(webhook, "GOODBYE", 0.1)
    yield
    over.set()


def test_whoever_does_not_answer_holds_up_neither_the_others_nor_the_end(tmp_path, hanging, caplog):
    began = time.monotonic()
    send(tmp_path, "http://door/", "one", "two")
    assert time.monotonic() - began < SOON / 2
    assert "2 events wait on disk" in caplog.text


def test_an_answer_that_drips_is_not_waited_for(receiver, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(in_time, "LIMIT", 0.3)
    receiver.drips = 100
    began = time.monotonic()
    with Outbox.open(tmp_path, "hook") as outbox, Webhook(receiver.url(), outbox) as hook:
        hook.send("one")
        wait_for(lambda: "cannot be reached (no answer in time)" in caplog.text)
        assert time.monotonic() - began < 3
        receiver.drips = 0


def test_whoever_knows_the_secret_can_tell_who_sent_it(receiver, tmp_path):
    with Outbox.open(tmp_path, "hook") as outbox, Webhook(receiver.url(), outbox, secret="s3same") as hook:
        hook.send('{"name": "Ада"}')
    expected = "sha256=" + hmac.new(b"s3same", receiver.taken[0].encode(), "sha256").hexdigest()
    assert receiver.headers[0]["X-Doorman-Signature"] == expected


def test_without_a_secret_nothing_is_signed(receiver, tmp_path):
    send(tmp_path, receiver.url(), "one")
    assert "X-Doorman-Signature" not in receiver.headers[0]


def test_too_many_that_wait_cost_the_oldest_which_is_told(receiver, tmp_path, caplog):
    receiver.stop()
    with Outbox.open(tmp_path, "hook", limit=2) as outbox, Webhook(receiver.url(), outbox) as hook:
        for message in ("one", "two", "three"):
            hook.send(message)
    assert "the oldest event that waited is given up" in caplog.text
    receiver.start()
    send(tmp_path, receiver.url())
    assert receiver.taken == ["two", "three"]


def test_credentials_are_used_but_never_told(receiver, tmp_path, caplog):
    receiver.answers = [401]
    send(tmp_path, receiver.url("ada:pa55@"), "one")
    receiver.stop()
    send(tmp_path, receiver.url("ada:pa55@"), "two")
    assert receiver.headers[0]["Authorization"].startswith("Basic ")
    assert "answers 401" in caplog.text
    assert "cannot be reached" in caplog.text
    assert not any(secret in caplog.text for secret in ("pa55", "s3cret", "/events"))
    assert not any(b"pa55" in file.read_bytes() for file in tmp_path.iterdir())


def test_what_only_sending_shows_to_be_no_address_does_not_end_the_thread(tmp_path, monkeypatch, caplog):
    def post(*_, **__):
        raise LocationParseError("door")

    monkeypatch.setattr("requests.Session.post", post)
    send(tmp_path, "http://door/", "one")
    assert "cannot be reached (no usable address or password)" in caplog.text
    assert "1 events wait on disk" in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ada:pa55@door/",
        "https://",
        "door/hook",
        "http://ada:pa55€@door/",
        "http://ada:pa55/@door/",
        "http://ada:pa55@a..b/",
        f"http://ada:pa55@{'a' * 64}/",
    ],
)
def test_a_wrong_address_is_told_at_once(tmp_path, url):
    with Outbox.open(tmp_path, "hook") as outbox, pytest.raises(StreamError, match="write it like") as raised:
        Webhook(url, outbox)
    assert "pa55" not in "".join(traceback.format_exception(raised.value))

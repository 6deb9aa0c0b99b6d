"""Events to a web address: in order, none lost, whatever happens to the network and the program."""

import hmac
import json
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from urllib3.exceptions import LocationParseError

from db import Database, Event, SightingWriter
from db.events.audience import Audience
from db.events.outbox import Outbox, digest
from stream.errors import StreamError
from stream.events import in_time, sending
from stream.events.webhook import Webhook
from tests.people import at, untold
from tests.ports import held_port
from tests.waiting import LONG, wait_for

pytestmark = pytest.mark.usefixtures("impatient")


class Receiver:
    """A web server that answers as a test says, and keeps what it took, and its port also while it is stopped."""

    def __init__(self, port: int) -> None:
        self.answers: list[int] = []  # the next ones; then 204
        self.drips = False  # bytes of an answer that come one by one, without an end
        self.taken: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._server: HTTPServer | None = None
        self._port = port
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
                while receiver.drips:
                    self.wfile.write(b"H")
                    time.sleep(0.05)
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", self._port), Handler)
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
    with held_port() as port:
        server = Receiver(port)
        yield server
        server.stop()


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path / "people.db") as opened:
        yield opened


def event(text: str) -> Event:
    return Event(at(0), "door", "camera_lost", reason=text)


def told(receiver):
    return [json.loads(body)["reason"] for body in receiver.taken]


@contextmanager
def hooked(database, url, limit=100, secret=None):
    """A webhook; what is called with a text sends that."""
    outbox = Outbox(database, digest(url), limit)
    with (
        Webhook(url, outbox, secret=secret),
        SightingWriter(database, interval=0.01, audience=Audience(outboxes=[outbox])) as writer,
    ):
        yield lambda text: writer.note(event(text), None, untold)


def send(database, url, *texts, limit=100):
    with hooked(database, url, limit) as hook:
        for text in texts:
            hook(text)


def test_events_arrive_in_order_as_json(receiver, database):
    texts = [str(number) for number in range(20)]
    send(database, receiver.url(), *texts)
    assert [json.loads(body) for body in receiver.taken] == [event(text).as_dict() for text in texts]
    assert {headers["Content-Type"] for headers in receiver.headers} == {"application/json"}


def test_an_event_is_sent_until_it_is_taken_and_then_no_more(receiver, database):
    receiver.answers = [500, 429, 302, 401]
    with hooked(database, receiver.url()) as hook:
        hook("one")
        hook("two")
        wait_for(lambda: len(receiver.taken) == 2)
    assert told(receiver) == ["one", "two"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (302, "give the address that it leads on to"),
        (401, "check the user and password"),
        (404, "check the address."),
        (429, "it wants fewer events"),
        (503, "see there what is wrong"),
    ],
)
def test_what_helps_depends_on_the_answer(receiver, database, caplog, status, remedy):
    receiver.answers = [status]
    send(database, receiver.url(), "one")
    assert f"answers {status} " in caplog.text
    assert remedy in caplog.text


def test_an_outage_over_a_restart_costs_nothing(receiver, database, caplog):
    receiver.stop()
    send(database, receiver.url(), "one", "two")
    assert "2 events left in the database for the next run" in caplog.text
    receiver.start()
    send(database, receiver.url(), "three")
    assert told(receiver) == ["one", "two", "three"]


def test_a_receiver_that_takes_each_event_at_the_second_try_costs_a_line_for_each(receiver, database, caplog):
    receiver.answers = [503, 204, 503, 204]
    with hooked(database, receiver.url()) as hook:
        for text in ("one", "two"):
            hook(text)
            wait_for(lambda text=text: told(receiver)[-1:] == [text])
    assert ["answers 503" in record.message for record in caplog.records] == [True, True]


def test_they_arrive_when_the_receiver_is_back(receiver, database, caplog, monkeypatch):
    tries = []
    monkeypatch.setattr(sending, "wait_before", lambda attempt, chance: tries.append(attempt) or 0.02)
    receiver.stop()
    with hooked(database, receiver.url()) as hook:
        hook("one")
        wait_for(lambda: len(tries) > 1)
        receiver.start()
        wait_for(lambda: receiver.taken)
    assert caplog.text.count("cannot be reached (no connection)") == 1
    assert "takes events again" in caplog.text


def test_what_another_process_has_left_is_sent_without_news(receiver, database, monkeypatch):
    monkeypatch.setattr(sending, "GLANCE", 0.01)
    outbox = Outbox(database, digest(receiver.url()))
    with Webhook(receiver.url(), outbox):
        with SightingWriter(database, audience=Audience(outboxes=[Outbox(database, outbox.sink)])) as writer:
            writer.note(event("one"), None, untold)
        wait_for(lambda: told(receiver) == ["one"])


def test_a_database_that_is_locked_for_a_while_does_not_end_it(receiver, tmp_path, caplog):
    with Database.open(tmp_path / "people.db", timeout=0.01) as database, Database.open(database.place) as other:
        outbox = Outbox(database, digest(receiver.url()))
        with SightingWriter(other, audience=Audience(outboxes=[outbox])) as writer:
            writer.note(event("one"), None, untold)
        with ExitStack() as stack:
            with other.writing() as session:
                session.connection()
                stack.enter_context(Webhook(receiver.url(), outbox))
                wait_for(lambda: "gets no events for now" in caplog.text)
            wait_for(lambda: told(receiver) == ["one"])


@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_event_that_is_refused_does_not_hold_up_the_others(receiver, database, caplog, status):
    receiver.answers = [status]
    send(database, receiver.url(), "one", "two")
    assert told(receiver) == ["two"]
    assert f"refuses an event ({status})" in caplog.text


@pytest.fixture
def hanging(monkeypatch):
    """Somebody who does not answer as long as the test goes on."""
    over = threading.Event()

    def post(*_, **__):
        over.wait(LONG)
        raise requests.Timeout

    monkeypatch.setattr("requests.Session.post", post)
    monkeypatch.setattr(sending, "GOODBYE", 0.1)
    yield
    over.set()


def test_whoever_does_not_answer_holds_up_neither_the_others_nor_the_end(database, hanging, caplog):
    began = time.monotonic()
    send(database, "http://door/", "one", "two")
    assert time.monotonic() - began < LONG / 2
    assert "2 events left in the database" in caplog.text


def test_an_answer_that_drips_is_not_waited_for(receiver, database, monkeypatch, caplog):
    monkeypatch.setattr(in_time, "LIMIT", 0.3)
    receiver.drips = True
    with hooked(database, receiver.url()) as hook:
        hook("one")
        wait_for(lambda: "cannot be reached (no answer in time)" in caplog.text)
        receiver.drips = False


def test_whoever_knows_the_secret_can_tell_who_sent_it(receiver, database):
    with hooked(database, receiver.url(), secret="s3same") as hook:
        hook("Ада")
    expected = "sha256=" + hmac.new(b"s3same", receiver.taken[0].encode(), "sha256").hexdigest()
    assert receiver.headers[0]["X-Doorman-Signature"] == expected


def test_without_a_secret_nothing_is_signed(receiver, database):
    send(database, receiver.url(), "one")
    assert "X-Doorman-Signature" not in receiver.headers[0]


def test_too_many_that_wait_cost_the_oldest_which_is_told(receiver, database, caplog):
    receiver.stop()
    with hooked(database, receiver.url(), limit=2) as hook:
        for text in ("one", "two", "three"):
            hook(text)
        wait_for(lambda: "given up the oldest 1 event." in caplog.text)
    receiver.start()
    send(database, receiver.url())
    assert told(receiver) == ["two", "three"]


def test_credentials_are_used_but_never_told(receiver, database, tmp_path, caplog):
    receiver.answers = [401]
    send(database, receiver.url("ada:pa55@"), "one")
    receiver.stop()
    send(database, receiver.url("ada:pa55@"), "two")
    assert receiver.headers[0]["Authorization"].startswith("Basic ")
    assert "answers 401" in caplog.text
    assert "cannot be reached" in caplog.text
    assert not any(secret in caplog.text for secret in ("pa55", "s3cret", "/events"))
    assert not any(b"pa55" in file.read_bytes() for file in tmp_path.iterdir())


def test_what_only_sending_shows_to_be_no_address_does_not_end_the_thread(database, monkeypatch, caplog):
    def post(*_, **__):
        raise LocationParseError("door")

    monkeypatch.setattr("requests.Session.post", post)
    send(database, "http://door/", "one")
    assert "cannot be reached (no usable address or password)" in caplog.text
    assert "1 event left in the database" in caplog.text


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
def test_a_wrong_address_is_told_at_once(fresh_db, url):
    with pytest.raises(StreamError, match="write it like") as raised:
        Webhook(url, Outbox(fresh_db, digest(url)))
    assert "pa55" not in "".join(traceback.format_exception(raised.value))

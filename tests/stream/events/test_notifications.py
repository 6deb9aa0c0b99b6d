"""Notifications by Apprise: to whom they go, and what becomes of those that nobody takes."""

import json
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from db import Event, SightingWriter
from db.events.audience import Audience
from db.events.outbox import Outbox, digest
from stream.errors import StreamError
from stream.events import notifications
from stream.events.notifications import Notifications, sentence
from stream.events.sinks import Destinations, event_sinks
from tests.people import at, untold
from tests.waiting import wait_for

pytest.importorskip("apprise", reason="needs the extra notify")
pytestmark = pytest.mark.usefixtures("impatient")

LOST = Event(at(0), "door", "camera_lost", reason="It does not answer.")
DEAD = "json://ada:pa55@127.0.0.1:9/s3cret"  # nobody listens at the discard port


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Where a service listens that takes notifications as JSON, and what it took."""
    taken: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}", taken
        server.shutdown()


def test_one_is_sent_for_each_event(fresh_db, service):
    address, taken = service
    with event_sinks(fresh_db, Destinations(notify=[address])) as tell:
        with SightingWriter(fresh_db, audience=Audience(outboxes=list(tell.outboxes.values()))) as writer:
            writer.note(LOST, None, tell)
        wait_for(lambda: taken)
    told = taken[0]
    assert (told["title"], told["message"], told["type"]) == ("Doorman", sentence(LOST), "warning")
    assert [len(outbox) for outbox in tell.outboxes.values()] == [0]


def test_a_dead_address_keeps_nobody_from_theirs_and_what_is_for_it_waits(fresh_db, service, caplog):
    address, taken = service
    with event_sinks(fresh_db, Destinations(notify=[DEAD, address, address])) as tell:
        dead, living = tell.outboxes.values()
        with SightingWriter(fresh_db, audience=Audience(outboxes=[dead, living])) as writer:
            writer.note(LOST, None, tell)
            writer.note(LOST, None, tell)
        wait_for(lambda: len(taken) == 2 and "takes no notification" in caplog.text)
    assert (len(dead), len(living)) == (2, 0)
    assert "json://… takes no notification: check its address and credentials" in caplog.text
    assert "json://…: 2 events left in the database for the next run." in caplog.text


def test_no_more_wait_than_anybody_wants_to_read(fresh_db, monkeypatch, caplog):
    monkeypatch.setattr(notifications, "LIMIT", 2)
    with event_sinks(fresh_db, Destinations(notify=[DEAD])) as tell:
        with SightingWriter(fresh_db, audience=Audience(outboxes=list(tell.outboxes.values()))) as writer:
            for _ in range(5):
                writer.note(LOST, None, tell)
        # As many as are too many, however many of them were stored when it was seen.
        wait_for(lambda: sum(map(int, re.findall(r"given up the oldest (\d) event", caplog.text))) == 3)
    assert len(tell.outboxes["notify-1"]) == 2


def test_nothing_of_an_address_is_told_or_kept(fresh_db, caplog):
    outbox = Outbox(fresh_db, digest(DEAD))
    with (
        Notifications(DEAD, outbox),
        SightingWriter(fresh_db, interval=0.01, audience=Audience(outboxes=[outbox])) as writer,
    ):
        writer.note(LOST, None, untold)
        wait_for(lambda: "takes no notification" in caplog.text)
    assert not any(secret in caplog.text + outbox.sink for secret in ("ada", "pa55", "s3cret", "127.0.0.1"))


@pytest.mark.parametrize("address", ["json", "nobody://pa55@door", "https://ada:pa55@door", "json://", "tgram://pa55"])
def test_an_address_that_is_none_is_told_at_once(fresh_db, address, caplog, capfd):
    with pytest.raises(StreamError, match="write it as Apprise does") as raised:
        Notifications(address, Outbox(fresh_db, digest(address)))
    assert "pa55" not in "".join([*traceback.format_exception(raised.value), caplog.text, *capfd.readouterr()])


def test_without_the_extra_it_is_told_what_to_install(fresh_db, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(StreamError, match=r"\[notify\]"):
        Notifications("json://door", Outbox(fresh_db, "-"))


@pytest.mark.parametrize(
    ("event", "beginning"),
    [
        (Event(at(0), "door", "entered", 1, 1), "Somebody unknown came to door, "),
        (Event(at(0), "door", "named", 1, 1, "Ada", 0.6), "door sees Ada, "),
        (Event(at(0), "door", "named", 1, 1), "door sees somebody unknown after all, "),
        (Event(at(0), "door", "left", 1, 1, "Ada"), "Ada left door, "),
        (LOST, "door is lost (It does not answer), "),
        (Event(at(0), "door", "camera_back"), "door is back, "),
    ],
)
def test_it_says_what_happened_and_when(event, beginning):
    told = sentence(event)
    assert told.startswith(beginning)
    assert told.endswith(f"{at(0).astimezone():%H:%M:%S on %d %B %Y}.")

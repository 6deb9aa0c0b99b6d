"""Events sent to an address on the web, as soon as it takes them."""

import hashlib
import hmac
import json
import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import requests

from db import DatabaseError
from db.errors import TEMPORARY
from db.redaction import parts, redacted
from db.sightings.outbox import Outbox
from stream.errors import StreamError
from stream.events.outage import Outage
from stream.in_time import bounded_session
from stream.sources.camera import wait_before

log = logging.getLogger(__name__)

TIMEOUTS = 5.0, 10.0  # seconds to be connected, and between two parts of the answer's head; `in_time` bounds it all
SIGNATURE = "X-Doorman-Signature"
GOODBYE = 5.0  # seconds in which what is left is sent at the end
GLANCE = 10.0  # seconds after which the queue is looked at without news: another process may have left something there
# What the event itself is refused with: it would be so again. Anything else is the address's or the network's fault.
HOPELESS = {400, 413, 415, 422}


class Webhook:
    """Posts events as JSON to a URL, within a `with` block: in order, each until it is taken, and then no more.

    What still waits at the end is sent in the next run. After a crash one of them may come twice.

    Args:
        outbox: where they wait.
        chance: random numbers from 0 to 1.
        secret: with it each body is signed, so that whoever gets it knows from whom; see `signature`.

    Raises:
        StreamError: the URL cannot be used.
    """

    def __init__(
        self, url: str, outbox: Outbox, chance: Callable[[], float] = random.random, secret: str | None = None
    ) -> None:
        self._label = redacted(url)
        if not _is_usable(url):
            raise StreamError(
                "The webhook's address cannot be used: write it like https://user:password@host/path, "
                "in Latin letters, and a / in the password as %2F."
            )
        self._url = url
        self._secret = secret
        self._outbox = outbox
        self._chance = chance
        self._stopping = threading.Event()
        self._abandoned = False
        self._outage = Outage(self._label, log)
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._outbox.news.set()
        self._thread.join(GOODBYE)
        self._abandoned = True
        with suppress(DatabaseError):  # then it was told before
            if not self._thread.is_alive():  # else one is on its way, which nobody must send a second time
                self._outbox.release()
            if waiting := len(self._outbox):
                log.warning("%s: %d events wait in the database for the next run.", self._label, waiting)

    def _run(self) -> None:
        try:
            with bounded_session() as session:
                self._send_on(session)
        except DatabaseError as error:
            log.error("%s gets no more events: %s", self._label, error)

    def _send_on(self, session: requests.Session) -> None:
        """Until the end, and then what is left, if that goes smoothly."""
        attempt = 0
        while not self._abandoned:
            self._outbox.news.clear()
            taken = self._send_next(session)
            if taken is None:
                if self._stopping.is_set():
                    return
                self._outbox.news.wait(GLANCE)
            elif taken:
                attempt = 0
            elif self._stopping.wait(wait_before(attempt, self._chance())):
                return
            else:
                attempt += 1

    def _send_next(self, session: requests.Session) -> bool | None:
        """Whether the message that has waited longest was taken; None if none waits for us."""
        try:
            message = self._outbox.claim()
            if message is None:
                return None
            if self._is_done(session, json.dumps(message.event.as_dict())):
                if not self._abandoned:
                    self._outbox.remove(message)
                return True
            if given_up := self._outbox.trim():
                log.warning("%s takes nothing for too long: the oldest %d events are given up.", self._label, given_up)
        except TEMPORARY as error:
            self._outage.is_now(f"gets no events for now: {error} Trying on.")
        return False

    def _is_done(self, session: requests.Session, message: str) -> bool:
        """Send a message; whether it was taken, or refused for good."""
        body, headers = message.encode(), {"Content-Type": "application/json"}
        if self._secret:
            headers[SIGNATURE] = signature(body, self._secret)
        try:
            # The body of the answer is not read: it may have no end.
            answer = session.post(
                self._url, body, headers=headers, timeout=TIMEOUTS, allow_redirects=False, stream=True
            )
            answer.close()
        except (requests.RequestException, ValueError) as error:  # its text may hold the URL with its password
            self._outage.is_now(
                f"cannot be reached ({_cause(error)}): check the address, and that it is served. Trying on."
            )
            return False
        if answer.status_code in HOPELESS:
            log.warning("%s refuses an event (%d): it is given up.", self._label, answer.status_code)
            return True
        if answer.status_code >= 300:
            self._outage.is_now(
                f"answers {answer.status_code} {answer.reason}: check the address and its credentials. Trying on."
            )
            return False
        self._outage.is_now(None)
        return True


def signature(body: bytes, secret: str) -> str:
    """The value of the header that tells who sent a body: its HMAC by SHA-256 with what both sides know."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _is_usable(url: str) -> bool:
    """Whether a request can be made of it; the errors that say why not may hold its password."""
    try:
        prepared = requests.Request("POST", url).prepare()
        parts(prepared.url or "")[1].encode("idna")  # urllib3 does so when it sends, and not before
    except ValueError:
        return False
    return url.partition("://")[0].lower() in ("http", "https")


def _cause(error: requests.RequestException | ValueError) -> str:
    for kind, cause in (
        (requests.Timeout, "no answer in time"),
        (requests.exceptions.SSLError, "its certificate is not trusted"),
        (requests.ConnectionError, "no connection"),
        (ValueError, "no usable address or password"),
    ):
        if isinstance(error, kind):
            return cause
    return type(error).__name__

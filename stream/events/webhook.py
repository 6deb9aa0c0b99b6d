"""Events posted to an address on the web."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable

import requests

from db import Event
from db.events.outbox import Outbox
from db.redaction import parts, redacted
from stream.errors import StreamError
from stream.events.in_time import bounded_session
from stream.events.sending import NotTakenError, RefusedError, Sender

TIMEOUTS = 5.0, 10.0  # seconds to be connected, and between two parts of the answer's head; `in_time` bounds it all
SIGNATURE = "X-Doorman-Signature"
# What the event itself is refused with: it would be so again. Anything else is the address's or the network's fault.
HOPELESS = {400, 413, 415, 422}


class Webhook(Sender):
    """Posts events as JSON to a URL.

    Args:
        outbox, chance: as of `Sender`.
        secret: with it each body is signed, so that whoever gets it knows from whom; see `signature`.

    Raises:
        StreamError: the URL cannot be used.
    """

    def __init__(
        self, url: str, outbox: Outbox, chance: Callable[[], float] = random.random, secret: str | None = None
    ) -> None:
        super().__init__(redacted(url), outbox, chance)
        if not _is_usable(url):
            raise StreamError(
                "The webhook's address cannot be used: write it like https://user:password@host/path, "
                "in Latin letters, and a / in the password as %2F."
            )
        self._url = url
        self._secret = secret
        self._session = bounded_session()

    def _run(self) -> None:
        with self._session:
            super()._run()

    def _send(self, event: Event) -> None:
        body = json.dumps(event.as_dict()).encode()
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers[SIGNATURE] = signature(body, self._secret)
        try:
            # The body of the answer is not read: it may have no end.
            answer = self._session.post(
                self._url, body, headers=headers, timeout=TIMEOUTS, allow_redirects=False, stream=True
            )
            answer.close()
        except (requests.RequestException, ValueError) as error:  # its text may hold the URL with its password
            raise NotTakenError(
                f"cannot be reached ({_cause(error)}): check the address, and that it is served."
            ) from None
        if answer.status_code in HOPELESS:
            raise RefusedError(answer.status_code)
        if answer.status_code >= 300:
            raise NotTakenError(f"answers {answer.status_code} {answer.reason}: {_remedy(answer.status_code)}.")


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


def _remedy(status: int) -> str:
    """What helps against an answer other than that an event is taken."""
    if status < 400:
        return "give the address that it leads on to"
    if status in (401, 403, 407):
        return "check the user and password in the address"
    if status == 429:
        return "it wants fewer events: tell it of some people only, with --notify, or of visits, with --events-by visit"
    if status < 500:
        return "check the address"
    return "see there what is wrong"


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

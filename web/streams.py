"""Answers without an end: a few at a time, each no longer than whoever asked may still see it."""

import time
from collections.abc import Callable, Iterable, Iterator

from flask import Response, abort, copy_current_request_context

from web.access import login
from web.parts import MOST_STREAMS, streams

CHECKED = 5.0  # seconds between looks at whether the log-in or the token still holds


def stream(chunks: Iterable[bytes], content_type: str) -> Response:
    """Answer with what comes, for as long as it comes, the client takes it, and it may be seen.

    Raises:
        HTTPException: as many are open as may be.
    """
    places = streams()
    if not places.acquire(blocking=False):
        abort(503, f"{MOST_STREAMS} streams are open, and no more may be: ask for single pictures, or lists.")
    response = Response(_while_allowed(chunks, copy_current_request_context(login.scope)), content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # a proxy passes each part on at once
    response.call_on_close(places.release)
    return response


def _while_allowed(chunks: Iterable[bytes], scope: Callable[[], str | None]) -> Iterator[bytes]:
    checked = time.monotonic()
    for chunk in chunks:
        yield chunk
        if time.monotonic() - checked > CHECKED:
            if scope() is None:
                return
            checked = time.monotonic()

"""Times in requests, and what else sightings and visits are chosen by."""

from datetime import datetime

from flask import abort, request

FILTERS = {
    "since": "Seen at this time or later, ISO 8601.",
    "until": "Seen before this time.",
    "camera": "The camera's name.",
    "name": "The person's name.",
    "format": "json, or csv, which holds all of them where no limit is given.",
}


def moment(key: str) -> datetime | None:
    """The moment that a request's address has under a key, if it has one.

    Raises:
        HTTPException: it is none.
    """
    text = request.args.get(key, "")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+")).astimezone()
    except (ValueError, OverflowError, OSError):
        abort(400, f"{key}={text[:40]} is no time: write it as 2026-11-29T18:00:00+01:00.")

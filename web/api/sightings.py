"""Who was seen."""

from datetime import datetime
from io import StringIO
from typing import Any

from flask import Response, abort, request
from flask_restx import Resource

from db import Sighting, write_csv
from web.api import api
from web.api.people import PAGED
from web.login import needs
from web.paging import asked
from web.parts import people

FILTERS = {
    "since": "Seen at this time or later, ISO 8601.",
    "until": "Seen before this time.",
    "camera": "The camera's name.",
    "name": "The person's name.",
    "format": "csv, or json.",
}


@api.route("/sightings", endpoint="sightings")
class Sightings(Resource):  # type: ignore[misc]
    """Intervals in which somebody was before a camera."""

    method_decorators = (needs("read"),)

    @api.doc(params={**FILTERS, **PAGED})
    def get(self) -> dict[str, Any] | Response:
        """Sightings, the latest first."""
        wanted = request.args
        limit, offset = asked(100)
        found = people().sightings(
            _moment("since"),
            _moment("until"),
            wanted.get("camera") or None,
            wanted.get("name") or None,
            limit=limit,
            offset=offset,
        )
        if wanted.get("format") == "csv":
            text = StringIO()
            write_csv(found.items, text)
            return Response(text.getvalue(), content_type="text/csv; charset=utf-8")
        return {"total": found.total, "sightings": [_sighting(one) for one in found.items]}


def _moment(key: str) -> datetime | None:
    text = request.args.get(key, "")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+")).astimezone()
    except (ValueError, OverflowError, OSError):
        abort(400, f"{key}={text[:40]} is no time: write it as 2026-11-29T18:00:00+01:00.")


def _sighting(one: Sighting) -> dict[str, Any]:
    return {
        "id": one.id,
        "person": one.person,
        "camera": one.camera,
        "first_seen": one.first_seen.isoformat(timespec="seconds"),
        "last_seen": one.last_seen.isoformat(timespec="seconds"),
        "similarity": None if one.similarity is None else round(one.similarity, 4),
        "snapshot": one.snapshot is not None,
    }

"""Who came, over all cameras."""

import csv
from io import StringIO
from typing import Any

from flask import Response, request
from flask_restx import Resource

from db.text.spreadsheets import as_text
from web.access.login import needs
from web.api import api
from web.api.people import PAGED
from web.api.times import FILTERS, moment
from web.paging import asked_of_api
from web.parts import visits


@api.route("/visits", endpoint="visits")
class Visits(Resource):  # type: ignore[misc]
    """Visits."""

    method_decorators = (needs("read"),)

    @api.doc(params={**FILTERS, **PAGED})
    def get(self) -> dict[str, Any] | Response:
        """Visits over all cameras, the latest first: from when to when somebody was there, and whether still."""
        wanted = request.args
        now = visits().now()
        limit, offset = asked_of_api()
        found = visits().visits(
            moment("since"),
            moment("until"),
            wanted.get("name") or None,
            wanted.get("camera") or None,
            offset,
            limit,
        )
        told = [
            {
                "person": one.person,
                "first_seen": one.first_seen.isoformat(timespec="seconds"),
                "last_seen": one.last_seen.isoformat(timespec="seconds"),
                "cameras": list(one.cameras),
                "camera": one.camera,
                "sightings": list(one.sightings),
                "here": visits().is_here(one, now),
            }
            for one in found.items
        ]
        if wanted.get("format") == "csv":
            return _csv(told)
        return {"total": found.total, "visits": told}


def _csv(told: list[dict[str, Any]]) -> Response:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("person", "first_seen", "last_seen", "cameras", "sightings"))
    for one in told:
        several = (" ".join(map(str, one[key])) for key in ("cameras", "sightings"))
        writer.writerow(map(as_text, (one["person"], one["first_seen"], one["last_seen"], *several)))
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8")

"""Who was seen."""

from io import StringIO
from typing import Any

from flask import Response, request
from flask_restx import Resource

from db import Sighting, write_csv
from web.access.login import needs
from web.api import api
from web.api.people import PAGED
from web.api.times import FILTERS, moment
from web.paging import asked_of_api
from web.parts import people


@api.route("/sightings", endpoint="sightings")
class Sightings(Resource):  # type: ignore[misc]
    """Intervals in which somebody was before a camera."""

    method_decorators = (needs("read"),)

    @api.doc(params={**FILTERS, **PAGED})
    def get(self) -> dict[str, Any] | Response:
        """Sightings, the latest first."""
        wanted = request.args
        limit, offset = asked_of_api()
        found = people().sightings(
            since=moment("since"),
            until=moment("until"),
            camera=wanted.get("camera") or None,
            name=wanted.get("name") or None,
            limit=limit,
            offset=offset,
        )
        if wanted.get("format") == "csv":
            text = StringIO()
            write_csv(found.items, text)
            return Response(text.getvalue(), content_type="text/csv; charset=utf-8")
        return {"total": found.total, "sightings": [sighting_told(one) for one in found.items]}


def sighting_told(one: Sighting) -> dict[str, Any]:
    """A sighting for programs."""
    return {
        "id": one.id,
        "person": one.person,
        "camera": one.camera,
        "first_seen": one.first_seen.isoformat(timespec="seconds"),
        "last_seen": one.last_seen.isoformat(timespec="seconds"),
        "similarity": None if one.similarity is None else round(one.similarity, 4),
        "snapshot": one.picture is not None,
    }

"""Why a sighting has its name, or none; and that it is wrong."""

from dataclasses import asdict
from typing import Any

from flask import Response, abort, request
from flask_restx import Resource

from db.evidence.records import Evidence
from web.access.login import needs
from web.api import api
from web.api.deciding import decided, told
from web.api.people import PAGED
from web.api.sightings import sighting_told
from web.api.times import FILTERS, moment
from web.paging import asked
from web.parts import corrections, limiter, people, why
from web.uploads import SHOWN


@api.route("/sightings/<int:number>", endpoint="sighting")
class OneSighting(Resource):  # type: ignore[misc]
    """One sighting."""

    @needs("read")
    def get(self, number: int) -> dict[str, Any]:
        """A sighting with the looks behind its name, or the reasons why it has none."""
        seen, looks = why().show(number)
        return {**sighting_told(seen), "looks": [_look(look) for look in looks], "reasons": why().reasons(number)}

    @needs("manage")
    def delete(self, number: int) -> dict[str, Any]:
        """Erase a sighting for good, with its picture, looks and events; tells how many of each."""
        return asdict(people().erase_sighting(number))


@api.route("/sightings/<int:number>/picture", endpoint="sighting_picture")
class Snapshot(Resource):  # type: ignore[misc]
    """What a sighting looks like."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.produces(["image/jpeg"])
    def get(self, number: int) -> Response:
        """The snapshot that was kept."""
        return Response(people().snapshot(number, SHOWN), content_type="image/jpeg")


@api.route("/sightings/<int:number>/looks/<int:look>/picture", endpoint="look_picture")
class Crop(Resource):  # type: ignore[misc]
    """What a look showed."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.produces(["image/jpeg"])
    def get(self, number: int, look: int) -> Response:
        """The aligned face of a look behind a name, where `keep-evidence` has kept it."""
        crop = why().crops(number).get(look)
        if crop is None:
            abort(404, f"No face of look {look} is kept of sighting {number}: see --keep-evidence.")
        return Response(crop, content_type="image/jpeg")


@api.route("/sightings/<int:number>/replay", endpoint="replay")
class Replay(Resource):  # type: ignore[misc]
    """What would have come out."""

    method_decorators = (needs("read"),)

    @api.doc(params={"threshold": {"description": "Cosine; by default that of then.", "type": "number"}})
    def get(self, number: int) -> dict[str, Any]:
        """What would have come out of the looks that are kept, with the people enrolled now."""
        threshold = request.args.get("threshold", type=float)
        if threshold is not None and not -1 <= threshold <= 1:
            abort(400, f"threshold={threshold} is no cosine: give one from -1 to 1.")
        again = why().replay(number, threshold)
        return {"name": again.name, "threshold": again.threshold, "steps": [asdict(step) for step in again.steps]}


@api.route("/sightings/<int:number>/wrong", endpoint="wrong")
class Wrong(Resource):  # type: ignore[misc]
    """Putting right."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"is": "The right person's name; none for a stranger."})
    def post(self, number: int) -> dict[str, Any]:
        """Say that a sighting is not of whom it names; its looks stand against that person from now on."""
        with decided() as done:
            seen, looks = corrections().wrong(number, request.values.get("is", "").strip() or None)
        return {**sighting_told(seen), "against": looks, **told(done)}


@api.route("/sightings/unnamed", endpoint="unnamed")
class Unnamed(Resource):  # type: ignore[misc]
    """Those without a name."""

    method_decorators = (needs("read"),)

    @api.doc(params={**{key: FILTERS[key] for key in ("since", "until", "camera")}, **PAGED})
    def get(self) -> dict[str, Any]:
        """Why those without a name have none, the latest first; and how well each camera sees."""
        limit, offset = asked(100)
        camera = request.args.get("camera") or None
        found = why().why_not(moment("since"), moment("until"), camera, offset, limit)
        unnamed = [{**sighting_told(one.sighting), "reason": one.reason} for one in found.items]
        return {"total": found.total, "unnamed": unnamed, "cameras": [asdict(one) for one in why().sights(camera)]}


def _look(look: Evidence) -> dict[str, Any]:
    return {**asdict(look), "time": look.time.isoformat(timespec="milliseconds")}

"""Strangers who are kept, in groups."""

from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_restx import Resource

from db.unknowns.records import Stay
from web.access.login import needs
from web.api import api
from web.api.deciding import answer, decided, number_in, told
from web.api.people import PAGED
from web.paging import asked
from web.parts import limiter, recognition, unknowns


@api.route("/unknowns")
class Unknowns(Resource):  # type: ignore[misc]
    """Those who are not ignored."""

    method_decorators = (needs("read"),)

    @api.doc(params=PAGED)
    def get(self) -> dict[str, Any]:
        """Groups of strangers, whoever was seen last first, each with the person most like it."""
        limit, offset = asked(100)
        found = unknowns().everybody(offset, limit)
        return {"total": found.total, "unknowns": [one.as_dict() for one in found.items]}


@api.route("/unknowns/<int:number>", endpoint="unknown")
class OneUnknown(Resource):  # type: ignore[misc]
    """One group."""

    @needs("read")
    def get(self, number: int) -> dict[str, Any]:
        """A group with its visits."""
        _, visits = unknowns().unknown(number)
        return {**unknowns().one(number).as_dict(), "stays": [_visit(one) for one in visits]}

    @needs("manage")
    def delete(self, number: int) -> dict[str, Any]:
        """Forget a group for good; tells which files still hold what was erased."""
        return {"copies": list(unknowns().forget(number))}


@api.route("/unknowns/<int:number>/picture", endpoint="unknown_picture")
class Portrait(Resource):  # type: ignore[misc]
    """What a group looks like."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.doc(params={"visit": {"description": "The id of one of its visits.", "type": "integer"}})
    @api.produces(["image/jpeg"])
    def get(self, number: int) -> Response:
        """The latest picture that is kept for people's eyes, or that of a visit."""
        visit = number_in("visit") if "visit" in request.args else None
        return Response(unknowns().portrait(number, visit), content_type="image/jpeg")


@api.route("/unknowns/<int:number>/name", endpoint="unknown_name")
class Name(Resource):  # type: ignore[misc]
    """Naming."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"name": "The person's name.", "force": "1 enrols also what only its similarity speaks against."})
    def post(self, number: int) -> dict[str, Any] | Response:
        """Make a person of a group, or add it to one, from its best pictures; a verdict for each."""
        name = request.values.get("name", "")
        with decided() as done:
            verdicts = recognition().name_unknown(number, name, request.values.get("force") == "1")
        stays = f"Unknown {number} stays, since none of its pictures was enrolled: the verdicts say why."
        return answer(name, verdicts, stays, **told(done))


@api.route("/unknowns/<int:number>/merge", endpoint="unknown_merge")
class Merge(Resource):  # type: ignore[misc]
    """Merging."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"into": {"description": "The number of the group that stays.", "type": "integer"}})
    def post(self, number: int) -> dict[str, Any]:
        """Make one group of two."""
        with decided() as done:
            one = unknowns().merge(number, number_in("into"))
        return {"id": one.id, "visits": one.visits, **told(done)}


@api.route("/unknowns/<int:number>/split", endpoint="unknown_split")
class Split(Resource):  # type: ignore[misc]
    """Splitting."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"visit": {"description": "Ids of visits.", "type": "array", "items": {"type": "integer"}}})
    def post(self, number: int) -> dict[str, Any]:
        """Make a group of its own of some visits (`visit`, several times); the program never unites the two again."""
        with decided() as done:
            one = unknowns().split(number, request.values.getlist("visit", int))
        return {"id": one.id, "visits": one.visits, **told(done)}


@api.route("/unknowns/<int:number>/ignore", endpoint="unknown_ignore")
class Ignore(Resource):  # type: ignore[misc]
    """Ignoring."""

    method_decorators = (needs("manage"),)

    def post(self, number: int) -> dict[str, Any]:
        """Never show a group again; nobody's name is given to its face."""
        with decided() as done:
            one = unknowns().ignore(number)
        return {"id": one.id, "visits": one.visits, **told(done)}


def _visit(stay: Stay) -> dict[str, Any]:
    return {
        **asdict(stay),
        "first_seen": stay.first_seen.isoformat(timespec="milliseconds"),
        "last_seen": stay.last_seen.isoformat(timespec="milliseconds"),
    }

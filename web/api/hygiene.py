"""What would make the gallery better: pictures that are offered, and what is doubtful."""

from dataclasses import asdict
from typing import Any

from flask import Response, abort, request
from flask_restx import Resource

from db.history.suggestions import Suggestion
from web.access.login import needs
from web.api import api
from web.api.deciding import answer, decided, told
from web.parts import corrections, limiter, recognition

CHECKS = "6 per minute"
NUMBERS = {"id": {"description": "Ids of suggestions.", "type": "array", "items": {"type": "integer"}}}


@api.route("/suggestions", endpoint="suggestions")
class Suggestions(Resource):  # type: ignore[misc]
    """Further pictures of people, offered where `learn` is on."""

    method_decorators = (needs("read"),)

    def get(self) -> dict[str, Any]:
        """Looks that are offered, by people's names."""
        found = corrections().suggestions()
        return {"total": len(found), "suggestions": [_suggestion(one) for one in found]}


@api.route("/suggestions/<int:number>/picture", endpoint="suggestion_picture")
class Picture(Resource):  # type: ignore[misc]
    """What a suggestion shows."""

    method_decorators = (needs("read"), limiter.exempt)

    @api.produces(["image/jpeg"])
    def get(self, number: int) -> Response:
        """The aligned face."""
        return Response(corrections().suggested(number), content_type="image/jpeg")


@api.route("/suggestions/accept", endpoint="accept")
class Accept(Resource):  # type: ignore[misc]
    """Accepting."""

    method_decorators = (needs("manage"),)

    @api.doc(params=NUMBERS)
    def post(self) -> dict[str, Any] | Response:
        """Enrol looks that are offered (`id`, several times); a verdict for each."""
        with decided() as done:
            verdicts = recognition().accept(_chosen())
        names = ", ".join(sorted({one.name for one in verdicts}))
        return answer(names, verdicts, "No look was enrolled: the verdicts say why.", **told(done))


@api.route("/suggestions/refuse", endpoint="refuse")
class Refuse(Resource):  # type: ignore[misc]
    """Refusing."""

    method_decorators = (needs("manage"),)

    @api.doc(params=NUMBERS)
    def post(self) -> dict[str, Any]:
        """Never offer looks (`id`, several times), or what is like them, again."""
        corrections().refuse(_chosen())
        return {"total": len(corrections().suggestions())}


@api.route("/check", endpoint="check")
class Check(Resource):  # type: ignore[misc]
    """Checking."""

    method_decorators = (needs("read"), limiter.limit(CHECKS))

    def post(self) -> dict[str, Any]:
        """What is doubtful about the people enrolled, each with what helps; it takes a while."""
        return {"doubts": [asdict(one) for one in recognition().check()]}


def _chosen() -> list[int]:
    chosen = request.values.getlist("id", int)
    if not chosen:
        abort(400, "The request lacks “id”: send the id of at least one suggestion.")
    return chosen


def _suggestion(one: Suggestion) -> dict[str, Any]:
    return {**asdict(one), "time": one.time.isoformat(timespec="seconds")}

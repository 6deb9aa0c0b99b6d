"""The API for programs, `/api/v1`, with its own description (OpenAPI 2.0, which Flask-RESTX writes)."""

from typing import Any

from flask import Blueprint, Response
from flask_restx import Api

from web import problems

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


class ProblemApi(Api):  # type: ignore[misc]
    """Flask-RESTX, whose errors are RFC 9457's problems."""

    def handle_error(self, error: Exception) -> Response:
        """Whatever a handler raises."""
        return problems.answer(error)


api: Any = ProblemApi(
    blueprint,
    version="1",
    title="Doorman",
    description="Faces of pictures, people, sightings and cameras. Errors are application/problem+json (RFC 9457).",
    authorizations={"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
    security="token",
)

from web.api import (  # noqa: E402, F401 - they add their resources
    cameras,
    events,
    evidence,
    faces,
    history,
    hygiene,
    people,
    pictures,
    sightings,
    unknowns,
    visits,
)

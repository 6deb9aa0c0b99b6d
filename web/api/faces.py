"""The faces before a camera, as its newest picture shows them; one may be enrolled who stands there."""

from typing import Any

from flask import Response, abort, request
from flask_restx import Resource

from stream.frame import View
from web.api import api
from web.api.deciding import answer, decided, told
from web.login import needs
from web.parts import limiter, recognition, session


@api.route("/cameras/<string:name>/faces", endpoint="camera_faces")
class Faces(Resource):  # type: ignore[misc]
    """Who is there."""

    method_decorators = (needs("read"), limiter.exempt)

    def get(self, name: str) -> dict[str, Any]:
        """Every face with its track, box, name and state, and by how many looks in memory it could be enrolled."""
        view = _newest(name)
        ids = [] if view.faces.tracker_id is None else view.faces.tracker_id.tolist()
        return {"frame": view.frame.index, "faces": [_face(view, row, track) for row, track in enumerate(ids)]}


@api.route("/cameras/<string:name>/faces/<int:track>/name", endpoint="camera_face_name")
class Name(Resource):  # type: ignore[misc]
    """Naming."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"name": "The person's name.", "force": "1 enrols also what only its similarity speaks against."})
    def post(self, name: str, track: int) -> dict[str, Any] | Response:
        """Enrol a face that is there, by the looks in memory; a verdict for each."""
        view, who = _newest(name), request.values.get("name", "")
        with decided() as done:
            verdicts = recognition().enroll_shown(view, track, who, request.values.get("force") == "1")
        return answer(who, verdicts, "No look at the face was enrolled: the verdicts say why.", **told(done))


def _newest(name: str) -> View:
    running = session()
    picture = None if running is None else running.newest(name)
    if picture is None:
        abort(404, f"No picture of a camera called {name} is there: watch it, or wait a moment.")
    return picture.view


def _face(view: View, row: int, track: int) -> dict[str, Any]:
    data = view.faces.data
    return {
        "track": track,
        "box": [round(float(side), 1) for side in view.faces.xyxy[row]],
        "name": data["name"][row],
        "state": data["state"][row],
        "looks": len(view.looks.get(track, ())),
    }

"""The faces before a camera, as its newest picture shows them; one may be enrolled who stands there."""

from typing import Any

from flask import Response, request
from flask_restx import Resource

from stream.service.watch.picture import SeenFace
from web.access.login import needs
from web.api import api
from web.api.deciding import answer, decided, told
from web.parts import limiter, newest, recognition


@api.route("/cameras/<string:name>/faces", endpoint="camera_faces")
class Faces(Resource):  # type: ignore[misc]
    """Who is there."""

    method_decorators = (needs("read"), limiter.exempt)

    def get(self, name: str) -> dict[str, Any]:
        """Every face with its track, box, name and state, and by how many looks in memory it could be enrolled."""
        seen = newest(name).seen
        return {"frame": seen.number, "faces": [_face(face) for face in seen.faces]}


@api.route("/cameras/<string:name>/faces/<int:track>/name", endpoint="camera_face_name")
class Name(Resource):  # type: ignore[misc]
    """Naming."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"name": "The person's name.", "force": "1 enrols also what only its similarity speaks against."})
    def post(self, name: str, track: int) -> dict[str, Any] | Response:
        """Enrol a face that is there, by the looks in memory; a verdict for each."""
        looks = newest(name).looks(track)
        who = request.values.get("name", "")
        with decided() as done:
            verdicts = recognition().enroll_looks(who, looks, name, request.values.get("force") == "1")
        return answer(who, verdicts, "No look at the face was enrolled: the verdicts say why.", **told(done))


def _face(face: SeenFace) -> dict[str, Any]:
    return {
        "track": face.track,
        "box": [round(side, 1) for side in face.box],
        "name": face.name,
        "state": face.state,
        "looks": face.looks,
    }

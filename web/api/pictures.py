"""Faces of a picture that is sent: who they are, and how alike those of two pictures are."""

from dataclasses import asdict
from typing import Any

from flask import abort, request
from flask_restx import Resource
from werkzeug.datastructures import FileStorage

from models.analysis import Face
from models.images import read_image
from stream.gallery.identify import Identified, meaning
from web.access.login import needs
from web.api import api
from web.api.times import FILTERS, moment
from web.parts import limiter, recognition
from web.uploads import uploads

RATE = "600 per minute"

with_image = api.parser()
with_image.add_argument(
    "image", location="files", type=FileStorage, required=True, help="A picture; or let it be the whole request."
)
with_two = api.parser()
with_two.add_argument("image", location="files", type=FileStorage, required=True, action="append", help="Two pictures.")


@api.route("/identify")
class Identify(Resource):  # type: ignore[misc]
    """Who is in a picture."""

    method_decorators = (needs("read"), limiter.limit(RATE))

    @api.expect(with_image)
    def post(self) -> dict[str, Any]:
        """Every face with its box, points, quality and the most similar people; a name where the rules give it one."""
        image = read_image(uploads()[0])
        seen, threshold = recognition().identify(image)
        return {
            "width": image.shape[1],
            "height": image.shape[0],
            "threshold": round(threshold, 4),
            "faces": [_face(one) for one in seen],
        }


@api.route("/detect")
class Detect(Resource):  # type: ignore[misc]
    """The faces of a picture, whoever they are."""

    method_decorators = (needs("read"), limiter.limit(RATE))

    @api.expect(with_image)
    @api.doc(params={"embedding": "1 gives what faces are compared by, too: 512 numbers of unit length."})
    def post(self) -> dict[str, Any]:
        """Every face with its box, points and quality."""
        image = read_image(uploads()[0])
        wanted = request.values.get("embedding") == "1"
        faces = recognition().detect(image, embedded=wanted)
        return {
            "width": image.shape[1],
            "height": image.shape[0],
            "faces": [{**_place(face), **(_embedding(face) if wanted else {})} for face in faces],
        }


@api.route("/find")
class Find(Resource):  # type: ignore[misc]
    """Was somebody here before?"""

    method_decorators = (needs("read"), limiter.limit(RATE))

    @api.expect(with_image)
    @api.doc(params={key: FILTERS[key] for key in ("since", "until")})
    def post(self) -> dict[str, Any]:
        """When and where the largest face of a picture was seen, named or as a stranger, the most similar first."""
        before = recognition().find(uploads()[0], moment("since"), moment("until"))
        found = [
            {
                **asdict(one),
                "similarity": round(one.similarity, 4),
                "meaning": before.meaning(one),
                "first_seen": one.first_seen.isoformat(timespec="seconds"),
                "last_seen": one.last_seen.isoformat(timespec="seconds"),
            }
            for one in before.found
        ]
        return {"threshold": round(before.threshold, 4), "found": found}


@api.route("/compare")
class Compare(Resource):  # type: ignore[misc]
    """How alike two faces are."""

    method_decorators = (needs("read"), limiter.limit(RATE))

    @api.expect(with_two)
    def post(self) -> dict[str, Any]:
        """The cosine similarity of the largest faces of two pictures, and what it means here."""
        sent = uploads()
        if len(sent) != 2:
            abort(400, f"Two pictures are compared, and {len(sent)} came: send two, both in the field “image”.")
        similarity, threshold = recognition().compare(*sent)
        return {
            "similarity": round(similarity, 4),
            "threshold": round(threshold, 4),
            "meaning": meaning(similarity, threshold),
        }


def _face(one: Identified) -> dict[str, Any]:
    return {
        **_place(one.face),
        "name": one.identity.name,
        "matches": [
            {"name": match.person.name, "similarity": round(float(match.similarity), 4)} for match in one.matches
        ],
    }


def _place(face: Face) -> dict[str, Any]:
    return {
        "box": [round(float(side), 1) for side in face.box],
        "points": None if face.landmarks is None else face.landmarks.astype(float).round(1).tolist(),
        "score": round(face.score, 4),
        "quality": round(face.quality, 4),
        "refused": face.refused,
    }


def _embedding(face: Face) -> dict[str, Any]:
    return {"embedding": None if face.embedding is None else face.embedding.astype(float).round(6).tolist()}

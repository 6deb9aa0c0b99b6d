"""One photograph, stage by stage: the faces found, their points, the aligned faces, the most similar people."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request

from models.analysis import Face
from models.images import read_image, to_jpeg
from stream.gallery.identify import PERHAPS, Identified, meaning
from web.access.login import needs
from web.forms.decided import tell_refused, undoable
from web.forms.people import names
from web.parts import held, limiter, people, recognition
from web.uploads import Image, data_uri, picture_uri, uploads

blueprint = Blueprint("photo", __name__)

LOOKS = "60 per minute"
CUT = 224  # pixels of a face as it was found


@blueprint.get("/photo")
@needs("read")
def index() -> str:
    """The form for a picture."""
    return render_template("photo.html")


@blueprint.post("/photo")
@needs("read")
@limiter.limit(LOOKS)
def look() -> str:
    """What is found in a picture, as a part of the page for htmx, and as a page for others."""
    image = read_image(uploads()[0])
    seen, threshold = recognition().identify(image)
    found = {
        "key": held().put([one.face for one in seen]),
        "picture": picture_uri(image),
        "width": image.shape[1],
        "height": image.shape[0],
        "names": names(),
        "faces": [_face(image, number, one, threshold) for number, one in enumerate(seen, start=1)],
    }
    return render_template("found.html" if "HX-Request" in request.headers else "photo.html", found=found)


@blueprint.post("/photo/enrol")
@needs("manage")
def enrol() -> str:
    """Enrol one face of a picture that was just looked at."""
    name, force = request.form.get("name", ""), "force" in request.form
    with undoable():
        verdict = recognition().enroll_face(name, _chosen(), "a photo in the browser", force)
    tell_refused({"the face": [verdict]})
    return render_template("enrolled.html", verdict=verdict)


@blueprint.post("/photo/before")
@needs("read")
@limiter.limit(LOOKS)
def before() -> str:
    """When and where one face of a picture that was just looked at was seen before."""
    found = recognition().find_face(_chosen())
    likely = [one for one in found.found if one.similarity >= found.threshold - PERHAPS]
    return render_template("before.html", before=found, likely=likely)


def _chosen() -> Face:
    """The face that the form means, of those that are held."""
    faces = held().get(request.form.get("picture", ""))
    number = request.form.get("face", 0, int)
    if not 1 <= number <= len(faces):
        abort(410, "The picture is no longer held in memory: look at it once more.")
    return faces[number - 1]


def _face(image: Image, number: int, one: Identified, threshold: float) -> dict[str, Any]:
    """A face for the page; places in pixels of the picture."""
    face = one.face
    x1, y1, x2, y2 = (float(side) for side in face.box)
    points: Sequence[Sequence[float]] = [] if face.landmarks is None else face.landmarks.astype(float).round(1).tolist()
    cut = image[max(0, int(y1)) : max(0, int(y2)) + 1, max(0, int(x1)) : max(0, int(x2)) + 1]
    return {
        "number": number,
        "name": one.identity.name,
        "state": "named" if one.identity.name else "unknown",
        "refused": face.refused,
        "x": round(x1, 1),
        "y": round(y1, 1),
        "width": round(x2 - x1, 1),
        "height": round(y2 - y1, 1),
        "size": round(max(x2 - x1, y2 - y1)),
        "dot": round(max(1.0, (x2 - x1) / 50), 1),
        "letters": round(max(max(image.shape[:2]) / 45, (x2 - x1) / 8), 1),
        "points": points,
        "cut": picture_uri(cut, CUT) if cut.size else None,
        "aligned": None if face.crop is None else data_uri(to_jpeg(face.crop)),
        "matches": [
            {
                "name": match.person.name,
                "similarity": f"{match.similarity:.2f}",
                "meaning": meaning(match.similarity, threshold),
                "picture": data_uri(people().portrait(match.person.name)),
            }
            for match in one.matches
        ],
    }

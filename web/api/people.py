"""People and the pictures by which they are known."""

from dataclasses import asdict
from typing import Any

from flask import Response, request, send_file
from flask_restx import Resource

from db import Person
from web.access.login import needs
from web.api import api
from web.api.deciding import answer, decided, told
from web.api.pictures import RATE, with_image
from web.paging import MOST, asked
from web.parts import corrections, limiter, people, recognition
from web.uploads import uploads

EXPORTS = "10 per minute"
PAGED = {
    "limit": {"description": f"How many, at most {MOST}.", "type": "integer", "default": 100},
    "offset": {"description": "After how many others.", "type": "integer", "default": 0},
}


@api.route("/people")
class People(Resource):  # type: ignore[misc]
    """Everybody."""

    method_decorators = (needs("read"),)

    @api.doc(params={**PAGED, "aside": "1 lists those who are set aside instead."})
    def get(self) -> dict[str, Any]:
        """Everybody, in the order of their names."""
        limit, offset = asked(100)
        if request.args.get("aside") == "1":
            aside = corrections().aside()
            return {"total": len(aside), "people": [_person(person) for person in aside[offset : offset + limit]]}
        found = people().everybody(offset, limit)
        return {"total": found.total, "people": [_person(person) for person in found.items]}


@api.route("/people/<string:name>")
class OnePerson(Resource):  # type: ignore[misc]
    """One person."""

    @needs("read")
    def get(self, name: str) -> dict[str, Any]:
        """A person with the samples."""
        person, found = people().person(name)
        samples = [
            {
                "id": one.id,
                "quality": round(one.quality, 4),
                "source": one.source,
                "created": one.created.isoformat(),
                "aside": one.aside,
            }
            for one in found
        ]
        return {**_person(person), "pictures": samples}

    @needs("manage")
    def delete(self, name: str) -> dict[str, int]:
        """Erase a person for good: pictures, sightings, snapshots; tells how many of each."""
        return asdict(people().erase(name))


@api.route("/people/<string:name>/samples")
class Samples(Resource):  # type: ignore[misc]
    """Enrolment."""

    method_decorators = (needs("manage"), limiter.limit(RATE))

    @api.expect(with_image)
    @api.doc(params={"force": "1 enrols also what only its similarity speaks against: what is refused as `doubted`."})
    def post(self, name: str) -> dict[str, Any] | Response:
        """Enrol pictures of a person (the field `image`, several times); a verdict for each."""
        verdicts = recognition().enroll(name, uploads(), force=request.values.get("force") == "1")
        taken = any(verdict.refused is None for verdict in verdicts)
        doubts = [doubt.problem for doubt in recognition().mixed(name)] if taken else []
        return answer(name, verdicts, "No picture was enrolled: the verdicts say why.", doubts=doubts)


@api.route("/people/<string:name>/rename", endpoint="rename")
class Rename(Resource):  # type: ignore[misc]
    """Renaming."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"to": "The new name."})
    def post(self, name: str) -> dict[str, Any]:
        """Give a person another name."""
        with decided() as done:
            person = people().rename(name, request.values.get("to", ""))
        return {**_person(person), **told(done)}


@api.route("/people/<string:name>/merge", endpoint="merge")
class Merge(Resource):  # type: ignore[misc]
    """Merging."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"into": "The name of the person who stays."})
    def post(self, name: str) -> dict[str, Any]:
        """Give a person's pictures and sightings to another."""
        with decided() as done:
            person = people().merge(name, request.values.get("into", ""))
        return {**_person(person), **told(done)}


@api.route("/people/<string:name>/aside", endpoint="person_aside")
class PersonAside(Resource):  # type: ignore[misc]
    """Setting somebody aside."""

    method_decorators = (needs("manage"),)

    def put(self, name: str) -> dict[str, Any]:
        """Let nobody be recognized as a person until they are restored."""
        with decided() as done:
            person = corrections().set_aside(name)
        return {**_person(person), **told(done)}

    def delete(self, name: str) -> dict[str, Any]:
        """Restore a person."""
        with decided() as done:
            person = corrections().restore(name)
        return {**_person(person), **told(done)}


@api.route("/people/<string:name>/export", endpoint="export")
class Export(Resource):  # type: ignore[misc]
    """Taking along."""

    method_decorators = (needs("manage"), limiter.limit(EXPORTS))

    @api.produces(["application/zip"])
    def get(self, name: str) -> Response:
        """All that is known of a person, as a ZIP file, which `people import` takes back once it is unpacked."""
        called, file = people().export(name)
        return send_file(file, "application/zip", as_attachment=True, download_name=f"{called}.zip")


@api.route("/samples/<int:number>", endpoint="sample")
class OneSample(Resource):  # type: ignore[misc]
    """One of the pictures by which a person is known."""

    @needs("read")
    @api.produces(["image/jpeg"])
    def get(self, number: int) -> Response:
        """The aligned face."""
        return Response(people().sample(number), content_type="image/jpeg")

    @needs("manage")
    def delete(self, number: int) -> dict[str, Any]:
        """Let a picture go; it is erased once that cannot be taken back any more."""
        with decided() as done:
            person = corrections().drop(number)
        return {**_person(person), **told(done)}


@api.route("/samples/<int:number>/move", endpoint="sample_move")
class SampleMove(Resource):  # type: ignore[misc]
    """Giving a picture to somebody else."""

    method_decorators = (needs("manage"),)

    @api.doc(params={"to": "The name of whom it shows; somebody new is enrolled."})
    def post(self, number: int) -> dict[str, Any]:
        """Give a picture to whom it shows."""
        with decided() as done:
            person = corrections().move([number], request.values.get("to", ""))
        return {**_person(person), **told(done)}


@api.route("/samples/<int:number>/aside", endpoint="sample_aside")
class SampleAside(Resource):  # type: ignore[misc]
    """Setting a picture aside."""

    method_decorators = (needs("manage"),)

    def put(self, number: int) -> dict[str, Any]:
        """Let nobody be recognized by a picture until it is restored."""
        with decided() as done:
            person = corrections().set_aside(number)
        return {**_person(person), **told(done)}

    def delete(self, number: int) -> dict[str, Any]:
        """Restore a picture."""
        with decided() as done:
            person = corrections().restore(number)
        return {**_person(person), **told(done)}


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "samples": person.samples,
        "created": person.created.isoformat(timespec="seconds"),
    }

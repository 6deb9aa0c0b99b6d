"""People and the pictures by which they are known."""

from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_restx import Resource

from db import Person
from web.api import api
from web.api.deciding import answer
from web.api.pictures import RATE, with_image
from web.login import needs
from web.paging import MOST, asked
from web.parts import limiter, people, recognition
from web.uploads import uploads

PAGED = {
    "limit": {"description": f"How many, at most {MOST}.", "type": "integer", "default": 100},
    "offset": {"description": "After how many others.", "type": "integer", "default": 0},
}


@api.route("/people")
class People(Resource):  # type: ignore[misc]
    """Everybody."""

    method_decorators = (needs("read"),)

    @api.doc(params=PAGED)
    def get(self) -> dict[str, Any]:
        """Everybody, in the order of their names."""
        limit, offset = asked(100)
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
            {"id": one.id, "quality": round(one.quality, 4), "source": one.source, "created": one.created.isoformat()}
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
    @api.doc(params={"force": "1 enrols also what only its similarity speaks against."})
    def post(self, name: str) -> dict[str, Any] | Response:
        """Enrol pictures of a person (the field `image`, several times); a verdict for each."""
        verdicts = recognition().enroll(name, uploads(), force=request.values.get("force") == "1")
        return answer(name, verdicts, "No picture was enrolled: the verdicts say why.")


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "samples": person.samples,
        "created": person.created.isoformat(timespec="seconds"),
    }

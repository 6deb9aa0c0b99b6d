"""What was decided by hand, how it is taken back, and made again."""

from typing import Any

from flask_restx import Resource

from db.history.records import Decision
from web.access.login import needs
from web.api import api
from web.api.deciding import decided, told
from web.api.people import PAGED
from web.paging import asked
from web.parts import corrections


@api.route("/history", endpoint="history")
class Decisions(Resource):  # type: ignore[misc]
    """Decisions of the last 30 days."""

    method_decorators = (needs("read"),)

    @api.doc(params=PAGED)
    def get(self) -> dict[str, Any]:
        """What was decided, the latest first."""
        limit, offset = asked(100)
        found = corrections().history(offset, limit)
        return {"total": found.total, "decisions": [_decision(one) for one in found.items]}


@api.route("/history/<int:number>/undo", endpoint="undo")
class Undo(Resource):  # type: ignore[misc]
    """Taking back."""

    method_decorators = (needs("manage"),)

    def post(self, number: int) -> dict[str, Any]:
        """Take a decision back, unless what it has changed was changed since."""
        return _decision(corrections().undo(number))


@api.route("/history/<int:number>/redo", endpoint="redo")
class Redo(Resource):  # type: ignore[misc]
    """Making again."""

    method_decorators = (needs("manage"),)

    def post(self, number: int) -> dict[str, Any]:
        """Make a decision again that was taken back, as a new one; pictures that were enrolled are gone by then."""
        with decided() as done:
            corrections().redo(number)
        return told(done)


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "id": one.id,
        "time": one.time.isoformat(timespec="seconds"),
        "what": one.what,
        "sentence": one.sentence,
        "undone": one.undone and one.undone.isoformat(timespec="seconds"),
    }

"""Decisions by hand: what is answered to those who make them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Response, abort, request

from db.history.records import Decision
from stream.gallery.enroll import Verdict
from web import problems
from web.parts import corrections


@contextmanager
def decided() -> Iterator[list[Decision]]:
    """Gives a list that holds, in the end, what was decided within it."""
    with corrections().noting() as done:
        yield done


def told(done: list[Decision]) -> dict[str, Any]:
    """The numbers by which decisions are taken back: POST /history/NUMBER/undo."""
    return {"decisions": [one.id for one in done]}


def answer(name: str, verdicts: Sequence[Verdict], refused: str, **more: Any) -> dict[str, Any] | Response:
    """What became of pictures; an error where none was enrolled.

    Args:
        refused: says so then, in a sentence.
    """
    each = [
        {"image": one.source, "refused": one.refused, "doubted": one.doubted, "already": one.already}
        for one in verdicts
    ]
    if all(one.refused is not None for one in verdicts):
        return Response(problems.body(422, refused, name=name, verdicts=each), 422, content_type=problems.TYPE)
    return {"name": name, "verdicts": each, **more}


def number_in(field: str) -> int:
    """A number that the request must have in a field.

    Raises:
        HTTPException: it has none.
    """
    number = request.values.get(field, type=int)
    if number is None:
        abort(400, f"The request lacks a whole number in “{field}”: send one.")
    return number

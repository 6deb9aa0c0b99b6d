"""Decisions by hand: each is told with the way to take it back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from flask import abort, flash, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from stream.gallery.enroll import Verdict
from web.access.login import own
from web.parts import corrections

ANYWAY = "Enrol even what looks like somebody else, or unlike them"  # the tick in the forms, by its words
MOST = 5  # that are told at once: a browser keeps only so much from one page to the next


@contextmanager
def undoable() -> Iterator[None]:
    """Tell, on the next page, of each decision that is made within it, also where not all went well."""
    decided = None
    try:
        with corrections().noting() as decided:
            yield
    finally:
        for one in (decided or [])[-MOST:]:
            flash(one.sentence, str(one.id))
        if decided and len(decided) > MOST:
            flash(f"So were {len(decided) - MOST} more: the history lists them.")


def tell_refused(verdicts: Mapping[str, Sequence[Verdict]], force: bool = True) -> None:
    """Tell which pictures were not enrolled, and why: on the next page, or at the form where none was.

    Args:
        verdicts: on the pictures of somebody, by what these are called.
        force: whether the form can be told to enrol also what only its similarity speaks against.

    Raises:
        HTTPException: not one was enrolled.
    """
    refusals = [sentence for whose, given in verdicts.items() if (sentence := _refusal(whose, given, force))]
    if all(verdict.refused for given in verdicts.values() for verdict in given):
        abort(422, " ".join(refusals))
    for sentence in refusals:
        flash(sentence)


def _refusal(whose: str, verdicts: Sequence[Verdict], force: bool) -> str | None:
    refused = [_reason(verdict, force) for verdict in verdicts if verdict.refused is not None]
    what = "Some pictures" if len(refused) < len(verdicts) else "The pictures"
    return f"{what} of {whose} were refused: {'; '.join(dict.fromkeys(refused))}." if refused else None


def _reason(verdict: Verdict, force: bool) -> str:
    remedy = f"; if it is them all the same, tick “{ANYWAY}”"
    return f"{verdict.refused}{remedy if verdict.doubted and force else ''}"


def back(endpoint: str) -> Response:
    """To the page that the form names, or to another."""
    return redirect(own(request.form.get("to", "")) or url_for(endpoint))

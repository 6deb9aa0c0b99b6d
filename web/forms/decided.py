"""Decisions by hand: each is told with the way to take it back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import flash, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from stream.gallery.enroll import Verdict
from web.login import own
from web.parts import corrections

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


def tell_refused(whose: str, verdicts: Sequence[Verdict]) -> None:
    """Tell, on the next page, which pictures were not enrolled, and why."""
    refused = [verdict.refused for verdict in verdicts if verdict.refused is not None]
    if refused:
        what = "Some pictures" if len(refused) < len(verdicts) else "The pictures"
        flash(f"{what} of {whose} were refused: {'; '.join(dict.fromkeys(refused))}.")


def back(endpoint: str) -> Response:
    """To the page that the form names, or to another."""
    return redirect(own(request.form.get("to", "")) or url_for(endpoint))

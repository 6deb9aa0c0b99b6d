"""Pictures as answers, for an `img`."""

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as Answer


def jpeg(data: bytes, of_now: bool = False) -> Response:
    """A picture that the browser may keep for a minute.

    Args:
        of_now: another may take its place by any decision: the browser asks each time whether it is still the one.
    """
    kept = "no-cache" if of_now else "max-age=60"
    return Response(data, content_type="image/jpeg", headers={"Cache-Control": f"private, {kept}"})


def nobody() -> Answer:
    """The sign that stands where no picture may be shown, or none is there."""
    return redirect(url_for("static", filename="nobody.svg"))

"""Pictures as answers, for an `img`."""

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as Answer


def jpeg(data: bytes) -> Response:
    """A picture that the browser may keep for a minute."""
    return Response(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def nobody() -> Answer:
    """The sign that stands where no picture may be shown, or none is there."""
    return redirect(url_for("static", filename="nobody.svg"))

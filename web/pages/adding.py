"""A camera is added: it is tried first, and shows a picture. Its password comes with the first request, and goes into
no page."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web.login import needs
from web.parts import cameras, limiter, tried
from web.uploads import data_uri

blueprint = Blueprint("adding", __name__, url_prefix="/cameras")

TRIES = "20 per minute"


@blueprint.post("/try")
@needs("manage")
@limiter.limit(TRIES)
def try_out() -> str:
    """A camera's picture, and what it would be called."""
    _require_changeable()
    found = cameras().try_out(request.form.get("source", ""), request.form.get("certificate", "").strip() or None)
    return render_template("tried.html", tried=found, key=tried().put([found]), picture=data_uri(found.jpeg))


@blueprint.post("")
@needs("manage")
@limiter.limit(TRIES)
def add() -> Answer:
    """Watch a camera that was just tried."""
    _require_changeable()
    found = tried().get(request.form.get("key", ""))
    if not found:
        abort(410, "What was tried is no longer held in memory: try the camera once more.")
    name = cameras().add(found[0], request.form.get("name", ""))
    flash(f"{name} is watched from now on.")
    return redirect(url_for("cameras.index"))


def _require_changeable() -> None:
    if fixed := cameras().fixed:
        abort(409, fixed)

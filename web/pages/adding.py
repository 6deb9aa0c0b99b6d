"""A camera is added: it is tried first, and shows a picture. Its password comes with the first request, and goes into
no page."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web.access.login import needs
from web.parts import cameras, found, limiter, tried
from web.uploads import data_uri

blueprint = Blueprint("adding", __name__, url_prefix="/cameras")

TRIES = "20 per minute"


@blueprint.post("/try")
@needs("manage")
@limiter.limit(TRIES)
def try_out() -> str:
    """A camera's picture, and what it would be called."""
    require_changeable()
    seen = cameras().try_out(_source(), request.form.get("certificate", "").strip() or None)
    return render_template("tried.html", tried=seen, key=tried().put([seen]), picture=data_uri(seen.jpeg))


@blueprint.post("")
@needs("manage")
@limiter.limit(TRIES)
def add() -> Answer:
    """Watch a camera that was just tried."""
    require_changeable()
    seen = tried().get(request.form.get("key", ""))
    if not seen:
        abort(410, "What was tried is no longer held in memory: try the camera once more.")
    added = cameras().add(seen[0], request.form.get("name", ""))
    filmed = f" Its video is {added.out.name}." if added.out else ""
    flash(f"{added.called} is watched from now on.{filmed}")
    return redirect(url_for("cameras.index"))


def _source() -> str:
    """The address that was typed, or one that a camera told."""
    if "found" not in request.form:
        return request.form.get("source", "")
    told = found().get(request.form["found"])
    number = request.form.get("number", -1, int)
    if not 0 <= number < len(told):
        abort(410, "What the camera told is no longer held in memory: ask it once more.")
    return told[number].source


def require_changeable() -> None:
    """Let cameras be added only where they are kept."""
    if fixed := cameras().fixed:
        abort(409, fixed)

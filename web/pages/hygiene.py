"""What would make the gallery better: further pictures that are offered, and what is doubtful about those there are."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web.access.login import needs
from web.forms.decided import tell_refused, undoable
from web.parts import corrections, limiter, recognition
from web.pictures import jpeg

blueprint = Blueprint("hygiene", __name__)

CHECKS = "6 per minute"


@blueprint.get("/suggestions")
@needs("read")
def suggestions() -> str:
    """Looks that are offered as further pictures of people."""
    return render_template("suggestions.html", suggestions=corrections().suggestions())


@blueprint.get("/suggestions/<int:number>/picture")
@needs("read")
@limiter.exempt
def picture(number: int) -> Response:
    """The aligned face of a suggestion."""
    return jpeg(corrections().suggested(number))


@blueprint.post("/suggestions/accept")
@needs("manage")
def accept() -> Answer:
    """Enrol those that are ticked."""
    with undoable():
        tell_refused({"those that you chose": recognition().accept(_chosen())}, force=False)
    return redirect(url_for("hygiene.suggestions"))


@blueprint.post("/suggestions/refuse")
@needs("manage")
def refuse() -> Answer:
    """Never offer those that are ticked, or what is like them, again."""
    corrections().refuse(_chosen())
    flash("They are not offered any more.")
    return redirect(url_for("hygiene.suggestions"))


@blueprint.get("/check")
@needs("read")
def ask() -> str:
    """What a check looks for; it takes a while, and is done when asked for."""
    return render_template("check.html", doubts=None)


@blueprint.post("/check")
@needs("read")
@limiter.limit(CHECKS)
def check() -> str:
    """What is doubtful about the people enrolled."""
    return render_template("check.html", doubts=recognition().check())


def _chosen() -> list[int]:
    chosen = request.form.getlist("number", int)
    if not chosen:
        abort(400, "No picture is chosen: tick at least one.")
    return chosen

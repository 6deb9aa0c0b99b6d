"""Settings: the threshold in force, for how long things are kept, tokens for programs, and what the doctor finds."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from stream.gallery.calibration.calibration import stored
from stream.tools.doctor import examine
from web.access.access import Scope
from web.access.login import needs
from web.parts import access, cameras, is_open, limiter, people, recognition

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

CHANGES = "30 per minute"
LONGEST_NAME = 60  # characters of a token's
SCOPES: dict[str, Scope] = {"read": "read", "manage": "manage"}


@blueprint.get("")
@needs("manage")
def index() -> str:
    """The page; what the doctor finds comes later."""
    recognizer = recognition().recognizer
    return render_template(
        "settings.html",
        threshold=recognizer.rule.threshold,
        given=recognizer.given is not None,
        calibration=stored(people().database, recognizer.analyzer.embedder.digest),
        keep=cameras().retention,
        fixed=cameras().fixed,
        tokens=access().tokens(),
        is_open=is_open(),
    )


@blueprint.get("/doctor")
@needs("manage")
def doctor() -> str:
    """What is well, and what is not, with this installation."""
    return render_template("doctor.html", findings=list(examine(people().database)))


@blueprint.post("/retention")
@needs("manage")
@limiter.limit(CHANGES)
def retention() -> Answer:
    """Keep things for so long from now on."""
    cameras().set_retention(_number("days"), _number("megabytes"))
    flash("From now on that is how long things are kept; what is older goes at the next start, or within a day.")
    return redirect(url_for("settings.index"))


@blueprint.post("/tokens")
@needs("manage")
@limiter.limit(CHANGES)
def add_token() -> Response:
    """A new token, shown this once."""
    name = " ".join(request.form.get("name", "").split())
    scope = _scope(request.form.get("scope", ""))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        abort(400, f"Say in 1 to {LONGEST_NAME} letters what the token is for.")
    if name in {token.name for token in access().tokens()}:
        abort(409, f"There is a token {name} already: revoke it first, or choose another name.")
    secret = access().add_token(name, scope)
    page = render_template("token.html", name=name, secret=secret, is_open=is_open())
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.post("/tokens/revoke")
@needs("manage")
@limiter.limit(CHANGES)
def revoke_token() -> Answer:
    """Let a token be valid no longer."""
    name = request.form.get("name", "")
    if not access().remove_token(name):
        abort(404, f"There is no token {name[:LONGEST_NAME]}, or not any more.")
    flash(f"The token {name} is valid no longer.")
    return redirect(url_for("settings.index"))


def _scope(text: str) -> Scope:
    if text not in SCOPES:
        abort(400, "A token may read, or manage: choose one of the two.")
    return SCOPES[text]


def _number(key: str) -> float:
    number = request.form.get(key, -1.0, float)
    if not 0 <= number <= 1e9:
        abort(400, f"{key} is a number from 0 to a thousand million: write it in digits.")
    return number

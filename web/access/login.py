"""Who is asking: somebody with the password in a session, a program with a token, or anybody where it is open."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from web.access.access import Scope
from web.forms.addresses import page
from web.parts import access, is_open, limiter

ATTEMPTS = "10 per minute"
NO_PASSWORD = "There is a token for a program, but no password yet: set one by `doorman web password`, then log in."
SAFE = {"GET", "HEAD", "OPTIONS"}

blueprint = Blueprint("login", __name__)
Handler = TypeVar("Handler", bound=Callable[..., Any])


def scope() -> Scope | None:
    """What whoever asks may do; None: nothing."""
    secret = _sent()
    if secret is not None:
        token = access().token(secret)
        return token.scope if token else None
    if is_open() or logged_in():
        return "manage"
    return None


def _sent() -> str | None:
    """The token that comes with a request; as a password of any user, too, for programs that know nothing else."""
    given = request.authorization
    if given is None or given.type not in ("bearer", "basic"):
        return None
    return (given.token if given.type == "bearer" else given.password) or ""


def logged_in() -> bool:
    """Whether this browser's session was opened with the present password."""
    return "mark" in session and bool(session["mark"] == access().mark)


def needs(wanted: Scope) -> Callable[[Handler], Handler]:
    """Let a handler be called only by those who may; others log in first, programs are refused."""

    def guarded(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(*arguments: Any, **named: Any) -> Any:
            given = scope()
            if given is None:
                if request.blueprint == "api" or request.method != "GET":
                    abort(401)
                return redirect(url_for("login.log_in", to=page()))
            if wanted == "manage" and given != "manage":
                abort(403, "This token may only read: make one of the scope manage.")
            if request.blueprint == "api" and request.method not in SAFE and logged_in():
                _require_own_page()
            return handler(*arguments, **named)

        return cast(Handler, answer)

    return guarded


def _require_own_page() -> None:
    """A cookie comes along with whatever another page makes the browser send: ours sends what others do not know."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError:
        abort(400, "The request lacks the page's own mark: use a token, or send X-CSRFToken.")


@blueprint.get("/login")
def log_in() -> str | Response:
    """The form for the password."""
    if scope() is not None:
        return redirect(url_for("live.index"))
    return render_template("login.html", sentence=NO_PASSWORD if access().lacks_password else None)


@blueprint.post("/login")
@limiter.limit(ATTEMPTS)
def try_password() -> str | Response | tuple[str, int]:
    """Open a session if the password is right."""
    if not access().has_password(request.form.get("password", "")):
        sentence = NO_PASSWORD if access().lacks_password else "This is not the password."
        return render_template("login.html", sentence=sentence), 403
    session.clear()
    session.permanent = True
    session["mark"] = access().mark
    return redirect(own(request.args.get("to", "")) or url_for("live.index"))


def own(path: str) -> str | None:
    """The address of a page of ours that a request names; None where it is none."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return request.script_root + path if is_ours else None


@blueprint.post("/logout")
def log_out() -> Response:
    """Close the session."""
    session.clear()
    flash("You are logged out.")
    return redirect(url_for("login.log_in"))

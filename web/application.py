"""The Flask application: who may ask, the pages, the API."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, redirect, url_for
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Answer

from stream.service.service import Service
from web import problems
from web.access import login
from web.access.access import Access
from web.access.guard import guard
from web.api import blueprint as programs
from web.conditional import conditional
from web.forms.addresses import KeptSlashes, NameConverter, here, page
from web.forms.decided import ANYWAY
from web.forms.going_on import tell_scripts
from web.pages import BLUEPRINTS, MENU
from web.parts import KEY, Parts, limiter
from web.uploads import MOST_BYTES

LOGGED_IN_FOR = timedelta(days=30)
MOST_PARTS = 1000  # of a form
COMMAND = re.compile(r"`([^`]+)`")


def create_app(service: Service, access: Access, *, loopback: bool = True) -> Flask:
    """The application over a service.

    Args:
        access: the password and the tokens.
        loopback: whether it is served on this machine only. Without a password and tokens it is open there, and
            answers to this machine's own names alone; elsewhere it never is.
    """
    is_open = loopback and access.is_open
    app = Flask(__name__)
    app.wsgi_app = KeptSlashes(app.wsgi_app)  # type: ignore[method-assign]
    app.url_map.merge_slashes = False  # a name that is missing is none, and Flask-RESTX fails at the redirects
    app.url_map.converters |= {"default": NameConverter, "string": NameConverter}
    app.config.update(
        SECRET_KEY=access.secret(),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
        SESSION_COOKIE_NAME="doorman",
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=LOGGED_IN_FOR,
        WTF_CSRF_TIME_LIMIT=None,
        RESTX_MASK_SWAGGER=False,
    )
    app.extensions[KEY] = Parts(service, access, is_open)
    limiter.init_app(app)
    guard(app, is_open)
    conditional(app)
    tell_scripts(app)
    csrf = CSRFProtect(app)
    app.register_blueprint(programs)
    for blueprint in (login.blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    csrf.exempt(programs)  # a session's requests are checked by `login.needs`
    app.jinja_env.filters |= {"moment": moment, "commands": commands}
    app.jinja_env.globals["anyway"] = ANYWAY
    app.context_processor(_common)
    app.register_error_handler(Exception, problems.answer)
    app.add_url_rule("/", "home", _home)
    return app


def moment(when: datetime, since: datetime | None = None) -> str:
    """A moment for people, in this machine's time zone; without the day where it is that of `since`, told before it."""
    here = _local(when)
    same_day = since is not None and _local(since).date() == here.date()
    return here.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M:%S")


def commands(sentence: str) -> Markup:
    """A sentence, escaped, with what stands in backticks, which is to be typed, marked up as code."""
    return Markup(COMMAND.sub(r"<code>\1</code>", str(escape(sentence))))


def _local(when: datetime) -> datetime:
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone()


def _home() -> Answer:
    return redirect(url_for("live.index"))


def _common() -> dict[str, Any]:
    """What every page is told."""
    scope = login.scope()
    return {
        "csrf": _csrf_field,
        "here": here,
        "page": page,
        "menu": MENU,
        "may_see": scope is not None,
        "may_manage": scope == "manage",
        "logged_in": login.logged_in(),
    }


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())

"""Who is enrolled: their pictures, new ones, other names, erasure."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from models.errors import NoPictureError
from web.login import needs
from web.paging import MOST, asked, pages
from web.parts import limiter, recognition
from web.parts import people as everybody
from web.uploads import uploads

blueprint = Blueprint("people", __name__, url_prefix="/people")

USUAL = 60  # people on a page
UPLOADS = "30 per minute"


@blueprint.get("")
@needs("read")
def index() -> str:
    """Everybody, in the order of their names."""
    limit, offset = asked(USUAL)
    found = everybody().everybody(offset, limit, request.args.get("like", ""))
    return render_template("people.html", people=found.items, pages=pages(found.total, limit, offset))


@blueprint.post("")
@needs("manage")
@limiter.limit(UPLOADS)
def enrol() -> str:
    """Enrol pictures of one person; a verdict for each."""
    name = request.form.get("name", "").strip()
    verdicts = recognition().enroll(name, uploads(), force="force" in request.form)
    return render_template(
        "verdicts.html", name=name, verdicts=verdicts, taken=any(verdict.refused is None for verdict in verdicts)
    )


@blueprint.get("/<name>")
@needs("read")
def show(name: str) -> str:
    """One person's pictures."""
    person, samples = everybody().person(name)
    return render_template("person.html", person=person, samples=samples)


@blueprint.get("/<name>/picture")
@needs("read")
@limiter.exempt
def picture(name: str) -> Response | Answer:
    """A person's best picture, or a sign that all are set aside."""
    try:
        return jpeg(everybody().portrait(name))
    except NoPictureError:
        return redirect(url_for("static", filename="nobody.svg"))


@blueprint.get("/samples/<int:number>")
@needs("read")
@limiter.exempt
def sample(number: int) -> Response:
    """One of the pictures by which a person is known."""
    return jpeg(everybody().sample(number))


@blueprint.post("/<name>/rename")
@needs("manage")
def rename(name: str) -> Answer:
    """Give a person another name."""
    renamed = everybody().rename(name, request.form.get("to", ""))
    flash(f"{name} is called {renamed.name} now.")
    return redirect(url_for("people.show", name=renamed.name))


@blueprint.post("/<name>/erase")
@needs("manage")
def erase(name: str) -> Answer:
    """Erase a person for good."""
    if "sure" not in request.form:
        abort(400, "Erasing cannot be undone: tick that you are sure.")
    everybody().erase(name)
    flash(f"{name} is erased.")
    return redirect(url_for("people.index"))


def names() -> list[str]:
    """Those who may be meant, to choose from."""
    return [person.name for person in everybody().everybody(limit=MOST).items]


def jpeg(data: bytes) -> Response:
    """A picture for an `img`, which the browser may keep for a minute."""
    return Response(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})

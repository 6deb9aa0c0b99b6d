"""Who is enrolled: their pictures, new ones, other names, set aside and restored, merged, exported, erased."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from db.people.erasure import still_in
from models.errors import NoPictureError
from web.access.login import needs, own
from web.forms.addresses import page
from web.forms.decided import undoable
from web.forms.people import names
from web.paging import asked, pages
from web.parts import corrections, limiter, recognition, visits
from web.parts import people as everybody
from web.pictures import jpeg, nobody
from web.uploads import uploads

blueprint = Blueprint("people", __name__, url_prefix="/people")

USUAL = 60  # people on a page
UPLOADS = "30 per minute"
EXPORTS = "10 per minute"


@blueprint.get("")
@needs("read")
def index() -> str:
    """Everybody, in the order of their names."""
    limit, offset = asked(USUAL)
    like = request.args.get("like", "")
    found = everybody().everybody(offset, limit, like)
    return render_template(
        "people.html",
        people=found.items,
        aside=corrections().aside(),
        last=visits().last_seen([person.id for person in found.items]),
        suggestions=len(corrections().suggestions()),
        like=like,
        names=names(),
        pages=pages(found.total, limit, offset),
    )


@blueprint.post("")
@needs("manage")
@limiter.limit(UPLOADS)
def enrol() -> Response:
    """Enrol pictures of one person; a verdict for each. The list of everybody hears of it, and is asked for anew."""
    name = request.form.get("name", "").strip()
    verdicts = recognition().enroll(name, uploads(), force="force" in request.form)
    taken = any(verdict.refused is None for verdict in verdicts)
    doubts = recognition().mixed(name) if taken else []
    elsewhere = page() != url_for("people.show", name=name)
    told = render_template("verdicts.html", name=name, verdicts=verdicts, leads=taken and elsewhere, doubts=doubts)
    return Response(told, headers={"HX-Trigger": "enrolled"} if taken else {})


@blueprint.get("/<name>")
@needs("read")
def show(name: str) -> str:
    """One person's pictures."""
    person, samples = everybody().person(name)
    return render_template(
        "person.html",
        person=person,
        samples=samples,
        aside=person.id in {one.id for one in corrections().aside()},
        last=visits().last_seen([person.id]).get(person.id),
        names=names(),
    )


@blueprint.get("/<name>/picture")
@needs("read")
@limiter.exempt
def picture(name: str) -> Response | Answer:
    """A person's best picture, or a sign that all are set aside."""
    try:
        return jpeg(everybody().portrait(name), of_now=True)
    except NoPictureError:
        return nobody()


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
    with undoable():
        renamed = everybody().rename(name, request.form.get("to", ""))
    return redirect(url_for("people.show", name=renamed.name))


@blueprint.post("/<name>/merge")
@needs("manage")
def merge(name: str) -> Answer:
    """Give all that is a person's to another, whose name stays."""
    with undoable():
        merged = everybody().merge(name, request.form.get("into", "").strip())
    return redirect(url_for("people.show", name=merged.name))


@blueprint.post("/<name>/aside", endpoint="set_aside", defaults={"aside": True})
@blueprint.post("/<name>/restore", endpoint="restore", defaults={"aside": False})
@needs("manage")
def put_person(name: str, aside: bool) -> Answer:
    """Let nobody be recognized as somebody until they are restored, or restore them."""
    with undoable():
        person = corrections().set_aside(name) if aside else corrections().restore(name)
    return redirect(url_for("people.show", name=person.name))


@blueprint.post("/samples/<int:number>/<any(aside, restore, drop):what>")
@needs("manage")
def put_sample(number: int, what: str) -> Answer:
    """Let nobody be recognized by a picture until it is restored, restore it, or let it go."""
    decide = {"aside": corrections().set_aside, "restore": corrections().restore, "drop": corrections().drop}[what]
    with undoable():
        person = decide(number)
    return redirect(own(request.form.get("to", "")) or url_for("people.show", name=person.name))


@blueprint.post("/samples/<int:number>/move")
@needs("manage")
def move(number: int) -> Answer:
    """Give a picture to whom it shows."""
    with undoable():
        right = corrections().move([number], request.form.get("right", ""))
    return redirect(own(request.form.get("to", "")) or url_for("people.show", name=right.name))


@blueprint.get("/<name>/export")
@needs("manage")
@limiter.limit(EXPORTS)
def export(name: str) -> Response:
    """All that is known of a person, as a ZIP file."""
    called, file = everybody().export(name)
    return send_file(file, "application/zip", as_attachment=True, download_name=f"{called}.zip")


@blueprint.post("/<name>/erase")
@needs("manage")
def erase(name: str) -> Answer:
    """Erase a person for good."""
    if "sure" not in request.form:
        abort(400, "Erasing cannot be undone: tick that you are sure.")
    erased = everybody().erase(name)
    flash(f"{name} is erased.")
    if erased.copies:
        flash(still_in(erased.copies))
    return redirect(url_for("people.index"))

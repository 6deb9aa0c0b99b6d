"""Strangers who are kept, in groups: named, made one, taken apart, ignored, forgotten; several at once."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from db.people.erasure import still_in
from models.errors import NoPictureError
from stream.gallery.identify import PERHAPS
from web.access.login import needs
from web.forms.decided import back, tell_refused, undoable
from web.forms.people import names
from web.paging import asked, pages
from web.parts import cameras, limiter, recognition, unknowns
from web.pictures import jpeg, nobody

blueprint = Blueprint("unknowns", __name__, url_prefix="/unknowns")

USUAL = 48  # groups on a page


@blueprint.get("")
@needs("read")
def index() -> str:
    """Those who are not ignored, whoever was seen last first."""
    limit, offset = asked(USUAL)
    found = unknowns().everybody(offset, limit)
    return render_template(
        "unknowns.html",
        unknowns=found.items,
        are_kept=cameras().keeps_unknown,
        perhaps=_perhaps(),
        pages=pages(found.total, limit, offset),
        names=names(),
    )


@blueprint.get("/<int:number>")
@needs("read")
def show(number: int) -> str:
    """One group with its visits, those first of which a picture can be shown."""
    _, visits = unknowns().unknown(number)
    visits.sort(key=lambda visit: not visit.has_portrait)
    one = unknowns().one(number)
    return render_template("unknown.html", one=one, visits=visits, perhaps=_perhaps(), names=names())


@blueprint.get("/<int:number>/picture")
@blueprint.get("/<int:number>/visits/<int:visit>/picture")
@needs("read")
@limiter.exempt
def picture(number: int, visit: int | None = None) -> Response | Answer:
    """A picture for people's eyes, or a sign that none is kept."""
    try:
        return jpeg(unknowns().portrait(number, visit), of_now=visit is None)
    except NoPictureError:
        return nobody()


@blueprint.post("/name")
@needs("manage")
def name() -> Answer:
    """Make one person of groups, or add them to one, from their best pictures."""
    chosen = _chosen()
    wanted = request.form.get("name", "").strip()
    force = "force" in request.form
    with undoable():
        tell_refused({f"unknown {number}": recognition().name_unknown(number, wanted, force) for number in chosen})
    return redirect(url_for("unknowns.index"))


@blueprint.post("/merge")
@needs("manage")
def merge() -> Answer:
    """Make one group of several, which keeps the lowest number."""
    into, *others = sorted(_chosen())
    if not others:
        abort(400, "One stranger alone cannot be merged: tick those who are the same person.")
    with undoable():
        for number in others:
            unknowns().merge(number, into)
    return redirect(url_for("unknowns.index"))


@blueprint.post("/ignore")
@needs("manage")
def ignore() -> Answer:
    """Never show groups again; nobody's name is given to their faces."""
    with undoable():
        for number in _chosen():
            unknowns().ignore(number)
    return redirect(url_for("unknowns.index"))


@blueprint.post("/forget")
@needs("manage")
def forget() -> Answer:
    """Erase what is kept of groups for good."""
    if "sure" not in request.form:
        abort(400, "Forgetting cannot be undone: tick that you are sure.")
    chosen = _chosen()
    copies = set[str]()
    for number in chosen:
        copies.update(unknowns().forget(number))
    flash(f"Forgotten: unknown {', '.join(map(str, chosen))}.")
    if copies:
        flash(still_in(sorted(copies)))
    return redirect(url_for("unknowns.index"))


@blueprint.post("/<int:number>/split")
@needs("manage")
def split(number: int) -> Answer:
    """Make a group of its own of some visits."""
    with undoable():
        unknowns().split(number, request.form.getlist("visit", int))
    return back("unknowns.index")


def _perhaps() -> float:
    """Similarity to an enrolled person from which that person is worth telling."""
    return recognition().recognizer.rule.threshold - PERHAPS


def _chosen() -> list[int]:
    """The groups that are ticked: all of them are there, or nothing is done with any."""
    chosen = list(dict.fromkeys(request.form.getlist("number", int)))
    if not chosen:
        abort(400, "No stranger is chosen: tick at least one.")
    for number in chosen:
        unknowns().unknown(number)
    return chosen

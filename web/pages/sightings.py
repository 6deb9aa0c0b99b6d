"""Who was seen, where, from when to when; why they have their name, or none; and that it is wrong."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from db.people.erasure import still_in
from stream.service.corrections import held_against
from stream.service.people import THUMBNAIL
from web.access.login import needs
from web.forms import days
from web.forms.cameras import camera_choice
from web.forms.decided import undoable
from web.forms.people import names
from web.forms.searching import searched
from web.paging import asked, pages
from web.parts import corrections, limiter, people, unknowns, why
from web.pictures import jpeg
from web.uploads import SHOWN, data_uri

blueprint = Blueprint("sightings", __name__, url_prefix="/sightings")

USUAL = 50  # sightings on a page


@blueprint.get("")
@needs("read")
def index() -> str:
    """Sightings by person, camera and days, the latest first."""
    wanted = {key: request.args.get(key, "") for key in ("name", "camera", "since", "until")}
    limit, offset = asked(USUAL)
    found, refused = searched(
        lambda: people().sightings(
            since=days.since(wanted["since"]),
            until=days.until(wanted["until"]),
            camera=wanted["camera"] or None,
            name=wanted["name"] or None,
            limit=limit,
            offset=offset,
        )
    )
    given: dict[str, Any] = {key: value for key, value in wanted.items() if value}
    return render_template(
        "sightings.html",
        sightings=found.items,
        strangers=unknowns().of_sightings(found.items),
        names=names(),
        wanted={**wanted, "any": bool(given)},
        refused=refused,
        **camera_choice(found, refused, wanted.get("camera")),
        pages=pages(found.total, limit, offset),
        csv=None if refused else url_for("api.sightings", format="csv", **days.as_moments(given)),
    )


@blueprint.get("/unnamed")
@needs("read")
def unnamed() -> str:
    """Why those without a name have none, and whether each camera sees well enough."""
    wanted = {key: request.args.get(key, "") for key in ("camera", "since", "until")}
    limit, offset = asked(USUAL)
    camera = wanted["camera"] or None
    found, refused = searched(
        lambda: why().why_not(days.since(wanted["since"]), days.until(wanted["until"]), camera, offset, limit)
    )
    return render_template(
        "unnamed.html",
        unnamed=found.items,
        sights=why().sights(camera),
        wanted=wanted,
        refused=refused,
        **camera_choice(found, refused, wanted.get("camera")),
        pages=pages(found.total, limit, offset),
    )


@blueprint.get("/<int:number>")
@needs("read")
def show(number: int) -> str:
    """One sighting: its picture, and the looks behind its name, or why it has none."""
    sighting, looks = why().show(number)
    crops = {look: data_uri(crop) for look, crop in why().crops(number).items()}
    return render_template(
        "sighting.html",
        seen=sighting,
        stranger=unknowns().of_sightings([sighting]).get(number),
        looks=looks,
        crops=crops,
        reasons=why().reasons(number),
        names=names(),
    )


@blueprint.get("/<int:number>/picture")
@needs("read")
@limiter.exempt
def picture(number: int) -> Response:
    """The snapshot that was kept of a sighting, small, or as large as a page shows it."""
    return jpeg(people().snapshot(number, SHOWN if "large" in request.args else THUMBNAIL))


@blueprint.post("/<int:number>/wrong")
@needs("manage")
def wrong(number: int) -> Answer:
    """Say that a sighting is not of whom it names, and, where that is known, of whom it is."""
    before = people().sighting(number)
    with undoable():
        _, looks = corrections().wrong(number, request.form.get("is", "").strip() or None)
    if sentence := held_against(before.person, looks):
        flash(sentence)
    return redirect(url_for("sightings.show", number=number))


@blueprint.post("/<int:number>/erase")
@needs("manage")
def erase(number: int) -> Answer:
    """Erase a sighting for good."""
    if "sure" not in request.form:
        abort(400, "Erasing cannot be undone: tick that you are sure.")
    erased = people().erase_sighting(number)
    flash(f"Sighting {number} is erased.")
    if erased.copies:
        flash(still_in(erased.copies))
    return redirect(url_for("sightings.index"))

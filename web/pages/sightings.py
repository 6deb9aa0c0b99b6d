"""Who was seen, where, from when to when."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from web.login import needs
from web.pages.people import jpeg
from web.paging import asked, pages
from web.parts import limiter, people

blueprint = Blueprint("sightings", __name__, url_prefix="/sightings")

USUAL = 50  # sightings on a page


@blueprint.get("")
@needs("read")
def index() -> str:
    """Sightings by person, camera and days, the latest first."""
    wanted = {key: request.args.get(key, "") for key in ("name", "camera", "since", "until")}
    limit, offset = asked(USUAL)
    since, until = _day(wanted["since"]), _day(wanted["until"])
    found = people().sightings(
        None if since is None else _begin(since),
        None if until is None else _begin(until + timedelta(days=1)),
        wanted["camera"] or None,
        wanted["name"] or None,
        limit=limit,
        offset=offset,
    )
    given: dict[str, Any] = {key: value for key, value in wanted.items() if value}
    return render_template(
        "sightings.html",
        sightings=found.items,
        wanted={**wanted, "any": bool(given)},
        pages=pages(found.total, limit, offset),
        csv=url_for("api.sightings", format="csv", **given),
    )


@blueprint.get("/<int:number>/picture")
@needs("read")
@limiter.exempt
def picture(number: int) -> Response:
    """The snapshot that was kept of a sighting."""
    return jpeg(people().snapshot(number))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        _begin(day + timedelta(days=1))
        return day
    except (ValueError, OverflowError, OSError):
        abort(400, f"{text[:20]} is no day: write it as 2026-11-29.")


def _begin(day: date) -> datetime:
    """The first moment of a day, in this machine's time zone."""
    return datetime.combine(day, time()).astimezone()

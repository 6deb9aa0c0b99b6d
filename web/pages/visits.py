"""Who came: today, or on other days, over all cameras, and who is still here."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from web.access.login import needs
from web.forms import days
from web.forms.cameras import camera_choice
from web.forms.people import names
from web.forms.searching import searched
from web.paging import asked, pages
from web.parts import visits

blueprint = Blueprint("visits", __name__, url_prefix="/visits")

USUAL = 50  # visits on a page


@blueprint.get("")
@needs("read")
def index() -> str:
    """Visits by person, camera and days, the latest first; without any of them, today's."""
    now = visits().now()
    given: dict[str, Any] = {
        key: value for key in ("name", "camera", "since", "until") if (value := request.args.get(key))
    }
    wanted = given or {"since": now.astimezone().date().isoformat()}
    limit, offset = asked(USUAL)
    found, refused = searched(
        lambda: visits().visits(
            days.since(wanted.get("since", "")),
            days.until(wanted.get("until", "")),
            wanted.get("name"),
            wanted.get("camera"),
            offset,
            limit,
        )
    )
    return render_template(
        "visits.html",
        visits=[(visit, visits().is_here(visit, now)) for visit in found.items],
        wanted=wanted,
        today=not given,
        refused=refused,
        **camera_choice(found, refused, wanted.get("camera")),
        names=names(),
        strangers=None if given else visits().today(now).strangers,
        pages=pages(found.total, limit, offset),
        csv=None if refused else url_for("api.visits", format="csv", **days.as_moments(wanted)),
    )

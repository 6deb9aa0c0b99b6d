"""The cameras: how each is, where in its picture faces count, and which are watched no more."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from stream.pipeline.zones import Area, Polygon
from stream.sources.cameras.state import AWAY
from web.access.login import needs
from web.parts import cameras, limiter

blueprint = Blueprint("cameras", __name__)

CHANGES = "60 per minute"
MOST_POLYGONS = 20  # of a camera
MOST_POINTS = 100  # of a polygon


@blueprint.get("/cameras")
@needs("read")
def index() -> str:
    """All cameras, and how to add one."""
    return render_template("cameras.html", fixed=cameras().fixed)


@blueprint.get("/cameras/states")
@needs("read")
@limiter.exempt
def states() -> str:
    """How each camera is; the part of the page that is loaded again and again."""
    now = datetime.now(UTC)
    found = cameras().all()
    lost = {one.name: now - timedelta(seconds=one.age) for one in found if one.state in AWAY and one.age is not None}
    return render_template(
        "camera-states.html", cameras=found, lost=lost, addresses=cameras().addresses(), fixed=cameras().fixed
    )


@blueprint.get("/camera/<name>")
@needs("read")
def show(name: str) -> str:
    """One camera: where in its picture faces count, to be drawn on it."""
    here = cameras().area(name)
    return render_template(
        "camera.html",
        name=name,
        zones=[_text(polygon) for polygon in here.zones],
        masks=[_text(polygon) for polygon in here.masks],
        fixed=cameras().fixed,
    )


@blueprint.post("/camera/<name>/area")
@needs("manage")
@limiter.limit(CHANGES)
def set_area(name: str) -> Answer:
    """Let faces count there from now on."""
    wanted = [_polygons(request.form.getlist(key)) for key in ("zone", "mask")]
    cameras().set_area(name, Area(*wanted))
    flash(f"Zones and masks of {name} are in force.")
    return redirect(url_for("cameras.show", name=name))


@blueprint.post("/camera/<name>/remove")
@needs("manage")
@limiter.limit(CHANGES)
def remove(name: str) -> Answer:
    """Watch a camera no more."""
    if "sure" not in request.form:
        abort(400, "The camera would be watched no more: tick that you are sure.")
    cameras().remove(name)
    flash(f"{name} is watched no more.")
    return redirect(url_for("cameras.index"))


def _text(polygon: Polygon) -> str:
    """Points in percent of the picture's width and height, where they are parts of it."""
    scale = 100 if max(max(point) for point in polygon) <= 1 else 1
    return " ".join(f"{scale * x:.4g},{scale * y:.4g}" for x, y in polygon)


def _polygons(texts: list[str]) -> tuple[Polygon, ...]:
    written = [text for text in texts if text.strip()]
    if len(written) > MOST_POLYGONS:
        abort(400, f"{len(written)} areas are too many for one camera: draw at most {MOST_POLYGONS}.")
    return tuple(map(_polygon, written))


def _polygon(text: str) -> Polygon:
    try:
        points = [tuple(float(number) / 100 for number in point.split(",")) for point in text.split()]
        polygon = tuple((round(x, 4), round(y, 4)) for x, y in points)
    except ValueError:
        polygon = ()
    inside = all(0 <= number <= 1 for point in polygon for number in point)
    if not inside or len(set(polygon)) < 3 or len(polygon) > MOST_POINTS:
        abort(
            400,
            f"“{text[:40]}” is no area: write three or more points, as 10,20 50,20 50,90, in percent of the picture's "
            "width and height.",
        )
    return polygon

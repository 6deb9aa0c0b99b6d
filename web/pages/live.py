"""What the cameras see now."""

from flask import Blueprint, abort, render_template

from web.login import needs
from web.parts import limiter, session

blueprint = Blueprint("live", __name__)


@blueprint.get("/live")
@needs("read")
def index() -> str:
    """A tile for each camera; the browser pulls the pictures."""
    return render_template("live.html", cameras=running.cameras() if (running := session()) else [])


@blueprint.get("/live/<name>")
@needs("read")
@limiter.exempt
def here(name: str) -> str:
    """How a camera is, and who is before it."""
    running = session()
    camera = next((one for one in running.cameras() if one.name == name), None) if running else None
    if camera is None:
        abort(404, f"No camera is called {name}: load the page again.")
    return render_template("here.html", camera=camera)

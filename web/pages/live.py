"""What the cameras see now, and who the strangers before them are."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from models.errors import PictureError
from models.images import to_jpeg
from stream.sources.cameras.state import WELL
from web.access.login import needs
from web.forms.decided import tell_refused, undoable
from web.forms.people import names
from web.parts import cameras, held, limiter, newest, recognition, session
from web.pictures import jpeg, nobody
from web.uploads import data_uri

blueprint = Blueprint("live", __name__)


@blueprint.get("/live")
@needs("read")
def index() -> str:
    """A tile for each camera; the browser pulls the pictures."""
    shown = running.cameras() if (running := session()) else []
    return render_template("live.html", cameras=shown, addable=cameras().fixed is None)


@blueprint.get("/live/<name>")
@needs("read")
@limiter.exempt
def here(name: str) -> str:
    """How a camera is, and who is before it."""
    running = session()
    camera = next((one for one in running.cameras() if one.name == name), None) if running else None
    if running is None or camera is None:
        abort(404, f"No camera is called {name}: load the page again.")
    picture = running.newest(name) if camera.faces else None
    strangers = [] if picture is None else picture.seen.strangers()
    return render_template("here.html", camera=camera, sees=camera.state in WELL, strangers=strangers)


@blueprint.get("/live/<name>/at")
@needs("manage")
def at(name: str) -> Answer:
    """To the face at the point of a camera's picture that was clicked, in fractions of its width and height."""
    x, y = (request.args.get(side, -1.0, float) for side in ("x", "y"))
    track = newest(name).seen.at(x, y)
    if track is not None:
        return redirect(url_for("live.ask", name=name, track=track))
    flash("There is no face, or none any more: click on one, or choose it below the picture.")
    return redirect(url_for("live.index"))


@blueprint.get("/live/<name>/faces/<int:track>")
@needs("manage")
def ask(name: str, track: int) -> str | Answer:
    """Who is this? With the pictures that would be enrolled, which are in memory alone."""
    picture = newest(name)
    try:
        looks = picture.looks(track)
    except PictureError as error:
        flash(str(error))
        return redirect(url_for("live.index"))
    face = picture.seen.face(track)
    known = None if face is None else face.name
    shown = [] if picture.seen.hides_strangers and known is None else [look.crop for look in looks]
    return render_template(
        "who.html",
        camera=name,
        known=known,
        key=held().put(looks),
        count=len(looks),
        pictures=[data_uri(to_jpeg(crop)) for crop in shown if crop is not None],
        names=names(),
    )


@blueprint.get("/live/<name>/faces/<int:track>/picture")
@needs("read")
@limiter.exempt
def face(name: str, track: int) -> Response | Answer:
    """The best look at a face, or a sign that none may be shown."""
    portrait = newest(name).portrait(track)
    return nobody() if portrait is None else jpeg(portrait)


@blueprint.post("/live/<name>/faces")
@needs("manage")
def enrol(name: str) -> Answer:
    """Enrol the looks at a face that were asked about, or those of them that are ticked."""
    looks = held().get(request.form.get("looks", ""))
    chosen = [looks[number] for number in request.form.getlist("look", int) if 0 <= number < len(looks)]
    if not chosen:
        abort(410, "No picture is chosen, or they are no longer held in memory: click on the face once more.")
    with undoable():
        verdicts = recognition().enroll_looks(request.form.get("name", ""), chosen, name, "force" in request.form)
    tell_refused({"the face": verdicts})
    return redirect(url_for("live.index"))

"""Cameras that tell of themselves by ONVIF: found on the network, and asked where their pictures are."""

from flask import Blueprint, render_template, request

from stream.service.setup.onvif import devices, streams
from web.access.login import needs
from web.pages.adding import TRIES, require_changeable
from web.parts import found, limiter

blueprint = Blueprint("discovery", __name__, url_prefix="/cameras")


@blueprint.post("/discover")
@needs("manage")
@limiter.limit(TRIES)
def discover() -> str:
    """The cameras that answer now."""
    require_changeable()
    return render_template("discovered.html", devices=devices())


@blueprint.post("/streams")
@needs("manage")
@limiter.limit(TRIES)
def tell() -> str:
    """The pictures that one camera gives; their addresses, which hold its password, stay here."""
    require_changeable()
    asked = request.form.get
    given = streams(asked("place", "").strip(), asked("user", ""), asked("password", ""))
    return render_template("streams.html", streams=given, key=found().put(given))

"""What was decided by hand, and how it is taken back."""

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response as Answer

from web.login import needs
from web.pages.decided import back
from web.paging import asked, pages
from web.parts import corrections

blueprint = Blueprint("history", __name__, url_prefix="/history")

USUAL = 50  # decisions on a page


@blueprint.get("")
@needs("read")
def index() -> str:
    """What was decided, the latest first."""
    limit, offset = asked(USUAL)
    found = corrections().history(offset, limit)
    return render_template("history.html", decisions=found.items, pages=pages(found.total, limit, offset))


@blueprint.post("/<int:number>/undo")
@needs("manage")
def undo(number: int) -> Answer:
    """Take a decision back."""
    flash(f"Taken back: {corrections().undo(number).sentence}")
    return back("history.index")

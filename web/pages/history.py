"""What was decided by hand, and how it is taken back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from web.access.login import needs
from web.forms.decided import back
from web.paging import asked, pages
from web.parts import corrections

blueprint = Blueprint("history", __name__, url_prefix="/history")

USUAL = 50  # decisions on a page
RENAMING = ("rename", "merge")


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
    decision = corrections().undo(number)
    flash(f"Taken back: {decision.sentence}")
    if decision.what in RENAMING:  # the page on which it was pressed may be nobody's any more
        return redirect(url_for("people.show", name=decision.told["name"]))
    return back("history.index")

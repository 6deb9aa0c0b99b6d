"""What was decided by hand, how it is taken back, and made again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from web.access.login import needs
from web.forms.decided import back, undoable
from web.paging import asked, pages
from web.parts import corrections

blueprint = Blueprint("history", __name__, url_prefix="/history")

USUAL = 50  # decisions on a page
RENAMING = {"rename": "new_name", "merge": "into"}  # and whose page there is then; another may be nobody's any more


@blueprint.get("")
@needs("read")
def index() -> str:
    """What was decided, the latest first."""
    limit, offset = asked(USUAL)
    found = corrections().history(offset, limit)
    standing = {one.sentence: one.id for one in reversed(found.items) if one.undone is None}
    return render_template(
        "history.html", decisions=found.items, standing=standing, pages=pages(found.total, limit, offset)
    )


@blueprint.post("/<int:number>/undo")
@needs("manage")
def undo(number: int) -> Answer:
    """Take a decision back."""
    decision = corrections().undo(number)
    flash(f"Taken back: {decision.sentence}")
    if decision.what in RENAMING:
        return redirect(url_for("people.show", name=decision.told["name"]))
    return back("history.index")


@blueprint.post("/<int:number>/redo")
@needs("manage")
def redo(number: int) -> Answer:
    """Make a decision again that was taken back."""
    with undoable():
        decision = corrections().redo(number)
    if decision.what in RENAMING:
        return redirect(url_for("people.show", name=decision.told[RENAMING[decision.what]]))
    return back("history.index")

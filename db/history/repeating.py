"""A decision that was taken back, made again: as a new one, by the rules for it, and taken back like any other."""

from collections.abc import Callable, Mapping
from typing import Any

from db.database import Database
from db.errors import DatabaseError
from db.history.correcting import correct
from db.history.journal import Change
from db.history.moving import move
from db.history.records import Decision
from db.history.undoing import of_number, recorded
from db.unknowns.unknowns import Unknowns

Told = Mapping[str, Any]
Changed = Mapping[str, list[int]]
"""The ids of the rows that were changed, by their tables."""

REPEAT: dict[str, Callable[[Database, Told, Changed], object]] = {
    "drop": lambda database, told, _: database.drop(told["picture"]),
    "move": lambda database, told, changed: move(database, changed["sample"], told["right"]),
    "rename": lambda database, told, _: database.rename(told["name"], told["new_name"]),
    "merge": lambda database, told, _: database.merge(told["name"], told["into"]),
    "set aside": lambda database, told, _: database.set_aside(told["name"]),
    "set picture aside": lambda database, told, _: database.set_aside(told["picture"]),
    "restore": lambda database, told, _: database.set_aside(told["name"], aside=False),
    "restore picture": lambda database, told, _: database.set_aside(told["picture"], aside=False),
    "merge unknowns": lambda database, told, _: Unknowns(database).merge(told["number"], told["into"]),
    "split": lambda database, told, changed: Unknowns(database).split(told["number"], changed["stay"]),
    "wrong": lambda database, told, _: correct(database, told["sighting"]),
    "right": lambda database, told, _: correct(database, told["sighting"], told["right"]),
    "unnamed": lambda database, told, _: correct(database, told["sighting"], told["right"]),
    "ignore": lambda database, told, _: Unknowns(database).ignore(told["number"]),
}


def repeat(database: Database, number: int) -> Decision:
    """Make a decision again that was taken back; returns the earlier one.

    Raises:
        DatabaseError: there is none of this number, it stands, its pictures went when it was taken back, or what is
            there by now speaks against it.
    """
    with database.reading() as session:
        row = of_number(session, number)
        decision = recorded(row)
        changed: dict[str, list[int]] = {}
        for change in map(Change.of, row.changes):
            changed.setdefault(change.table, []).extend(key[0] for key in change.keys)
    if decision.undone is None:
        raise DatabaseError(f"Decision {number} was not taken back: there is nothing to do.")
    if not decision.is_repeatable:
        raise DatabaseError(_once_more(decision))
    REPEAT[decision.what](database, decision.told, changed)
    return decision


def _once_more(decision: Decision) -> str:
    """What helps where pictures were enrolled, which went when that was taken back."""
    told = decision.told
    remedy = (
        f"name the stranger once more with `doorman unknowns name {told['number']} NAME`"
        if decision.what == "name"
        else f"enrol them once more, with `doorman enroll PICTURE --name NAME` for {told['name']}"
    )
    return f"What decision {decision.id} had enrolled was erased when it was taken back: {remedy}."

"""A decision taken back: what it has changed becomes as it was, unless others have changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.errors import DatabaseError, NotThereError
from db.history.journal import Change, Key, is_any, primary_key, put
from db.history.leaving import let_go
from db.history.records import Decision
from db.names import clean_name, name_key
from db.people.people import lookup
from db.schema.history import ConcernRow, DecisionRow
from db.schema.portions import portions
from db.schema.tables import Base

WATCHED = {("sighting", "similarity")}  # columns that a watch goes on to write, whatever was decided of their rows


def take_back(session: Session, number: int, now: datetime) -> Decision:
    """Take a decision back; returns it.

    Raises:
        DatabaseError: there is none of this number, it was taken back, what it has changed was changed since, or
            nothing of that is left.
    """
    row = _standing(session, number)
    changes = [_of_today(Change.of(told)) for told in row.changes]
    _refuse_if_changed_since(session, row, changes)
    row.undone = now
    taken_back = recorded(row)
    try:
        restored = [_undo(session, change, changes) for change in reversed(changes)]
        session.flush()
    except IntegrityError as error:
        raise _nothing_left(number) from error
    # Whoever was gone, and with them the rows that tell whom the decision concerns.
    came_back = [change for change in changes if change.table == "person" and change.before and not change.after]
    session.add_all(ConcernRow(decision_id=number, person_id=key[0]) for change in came_back for key in change.keys)
    updates = [done for done, change in zip(restored, reversed(changes), strict=True) if change.before and change.after]
    if updates and not any(updates):
        raise _nothing_left(number)
    return taken_back


def recorded(row: DecisionRow) -> Decision:
    """A decision as it is told of."""
    return Decision(row.id, row.time, row.what, row.told, row.undone)


def of_number(session: Session, number: int) -> DecisionRow:
    """The decision of this number.

    Raises:
        NotThereError: there is none.
    """
    row = session.get(DecisionRow, number)
    if row is None:
        raise NotThereError(
            f"There is no decision {number}, or not any more: `doorman people history` lists those that can be taken "
            "back."
        )
    return row


def _standing(session: Session, number: int) -> DecisionRow:
    """A decision that was not taken back."""
    row = of_number(session, number)
    if row.undone is not None:
        raise DatabaseError(f"Decision {number} has been taken back already: there is nothing to do.")
    return row


def _refuse_if_changed_since(session: Session, row: DecisionRow, changes: Sequence[Change]) -> None:
    touched = {cell for change in changes for cell in _cells(change)}
    later = select(DecisionRow).where(DecisionRow.id > row.id, DecisionRow.undone.is_(None)).order_by(DecisionRow.id)
    for other in session.scalars(later):
        if any(_meets(cell, touched) for told in other.changes for cell in _cells(Change.of(told))):
            raise DatabaseError(
                f"Decision {row.id} cannot be taken back, since decision {other.id}, “{recorded(other).sentence}”, has "
                f"changed the same things since: take that back first with `doorman people undo {other.id}`."
            )


Cell = tuple[str, Key, str | None]


def _cells(change: Change) -> list[Cell]:
    """What a change touches: table, row, and column; None stands for the whole row."""
    columns: list[str | None] = list(change.before) if change.before and change.after else [None]
    return [(change.table, key, column) for key in change.keys for column in columns]


def _meets(cell: Cell, touched: set[Cell]) -> bool:
    table, key, column = cell
    if column is None:
        return any(other[:2] == (table, key) for other in touched)
    return cell in touched or (table, key, None) in touched


def _of_today(change: Change) -> Change:
    """With people's names as migration 0015 has made those that there are: without what is not seen of them."""
    if change.table != "person":
        return change
    return replace(change, before=_named_anew(change.before), after=_named_anew(change.after))


def _named_anew(columns: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if columns is None or "name" not in columns:
        return None if columns is None else dict(columns)
    name = clean_name(columns["name"])
    return {**columns, "name": name, "key": name_key(name)}


def _undo(session: Session, change: Change, changes: Sequence[Change]) -> int:
    """Returns how many rows were as the decision had left them."""
    table = Base.metadata.tables[change.table]
    if change.before is None:
        return sum(let_go(session, change.table, key, changes) for key in change.keys)
    _refuse_if_taken(session, change)
    if change.after is None:
        session.execute(insert(table).values(change.before))
        return 1
    decided = {name: value for name, value in change.after.items() if (change.table, name) not in WATCHED}
    same = and_(*(_equals(table.c[name], value) for name, value in decided.items()))
    keys: list[Key] = []
    for some in portions(change.keys):
        query = select(*primary_key(table)).where(is_any(table, some), same)
        keys += [tuple(found) for found in session.execute(query)]
    put(session, change.table, keys, change.before)
    return len(keys)


def _equals(column: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _refuse_if_taken(session: Session, change: Change) -> None:
    """Raise a DatabaseError where a name that is to be had again is somebody else's by now."""
    name = (change.before or {}).get("name") if change.table == "person" else None
    other = None if name is None else lookup(session, name)
    if other is not None and (other.id,) not in change.keys:
        raise DatabaseError(
            f"{other.name} is somebody else by now: rename them first with `doorman people rename`, then try again."
        )


def _nothing_left(number: int) -> DatabaseError:
    return DatabaseError(
        f"Decision {number} cannot be taken back any more, since what it was about has been erased, or has grown old."
    )


def forget(session: Session, before: datetime) -> None:
    """Erase decisions of before a moment, which cannot be taken back from then on."""
    session.execute(delete(DecisionRow).where(DecisionRow.time < before))

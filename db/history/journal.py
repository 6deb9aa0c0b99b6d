"""What a decision changes, written down as it is done, so that it can be taken back.

A change is of some rows of one table, named by their ids: `before` and `after` hold the values of the columns that
change. A row that comes has no `before`, and one that goes no `after`. Pictures and embeddings are never among them:
what has them is hidden rather than erased.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select, tuple_, update
from sqlalchemy.orm import Session

from db.schema.history import ConcernRow, DecisionRow
from db.schema.portions import portions
from db.schema.tables import Base, UtcDateTime

Key = tuple[int, ...]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """See above; `keys` are the values of the rows' primary keys."""

    table: str
    keys: tuple[Key, ...]
    before: Values | None
    after: Values | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "table": self.table,
            "keys": [list(key) for key in self.keys],
            "before": _to_json(self.before),
            "after": _to_json(self.after),
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Change":
        """What `as_dict` has made."""
        table = Base.metadata.tables[told["table"]]
        keys = tuple(tuple(key) for key in told["keys"])
        return cls(told["table"], keys, _from_json(table, told["before"]), _from_json(table, told["after"]))


class Journal:
    """Changes rows within a transaction, and remembers how they were.

    Attributes:
        session: the transaction.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._changes: list[Change] = []
        self._decision: DecisionRow | None = None
        self._people: set[int] = set()

    def decide(self, what: str, people: Collection[int] = (), /, **told: Any) -> None:
        """Say what all this is: one decision, told as `db.history.records` has it.

        Args:
            people: the ids of those whom it concerns.
        """
        self._decision = DecisionRow(what=what, told=told)
        self._people = set(people)

    def update(self, table: type[Base], condition: ColumnElement[bool], **values: Any) -> int:
        """Give columns of the rows that fulfil a condition other values; returns how many rows those are."""
        stored = Base.metadata.tables[table.__tablename__]
        key = primary_key(stored)
        by_value = dict[tuple[Any, ...], list[Key]]()
        for row in self.session.execute(select(*key, *(stored.c[name] for name in values)).where(condition)):
            by_value.setdefault(tuple(row[len(key) :]), []).append(tuple(row[: len(key)]))
        by_value.pop(tuple(values.values()), None)
        for before, keys in by_value.items():
            change = Change(table.__tablename__, tuple(keys), dict(zip(values, before, strict=True)), values)
            put(self.session, change.table, keys, values)
            self._changes.append(change)
        return sum(map(len, by_value.values()))

    def added(self, *rows: Base) -> None:
        """Rows that are new."""
        self.session.flush()
        for row in rows:
            self._changes.append(Change(row.__tablename__, (_key_of(row),), None, None))

    def delete(self, *rows: Base) -> None:
        """Let rows go that hold no picture; what refers to them must have been given to others."""
        for row in rows:
            values = {column.name: getattr(row, column.name) for column in Base.metadata.tables[row.__tablename__].c}
            self._changes.append(Change(row.__tablename__, (_key_of(row),), values, None))
            self.session.delete(row)
        self.session.flush()

    def write(self) -> None:
        """Let the decision be a row of the history, if there was one."""
        if self._decision is None:
            return
        self._decision.changes = [change.as_dict() for change in self._changes]
        self.session.add(self._decision)
        self.session.flush()
        concerned = [ConcernRow(decision_id=self._decision.id, person_id=person) for person in sorted(self._people)]
        self.session.add_all(concerned)


def put(session: Session, table: str, keys: Sequence[Key], values: Mapping[str, Any]) -> None:
    """Give rows these values."""
    stored = Base.metadata.tables[table]
    session.flush()
    for some in portions(keys):
        session.execute(update(stored).where(is_any(stored, some)).values(dict(values)))
    session.expire_all()


def is_any(table: Table, keys: Collection[Key]) -> ColumnElement[bool]:
    """Whether a row's primary key is one of these."""
    columns = primary_key(table)
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


def primary_key(table: Table) -> list[ColumnElement[Any]]:
    """Its columns."""
    return list(table.primary_key)


def _key_of(row: Base) -> Key:
    return tuple(getattr(row, str(column.key)) for column in primary_key(Base.metadata.tables[row.__tablename__]))


def _to_json(values: Values | None) -> Values | None:
    if values is None:
        return None
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def _from_json(table: Table, values: Values | None) -> Values | None:
    if values is None:
        return None
    moments = {column.name for column in table.columns if isinstance(column.type, UtcDateTime)}
    return {key: datetime.fromisoformat(value) if value and key in moments else value for key, value in values.items()}

"""People's names without invisible characters; names that look alike are told apart by a number."""

import itertools

import sqlalchemy as sa
from alembic import op

from db.errors import DatabaseError
from db.names import clean_name, name_key

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    connection = op.get_bind()
    person = sa.table("person", sa.column("id"), sa.column("name"), sa.column("key"))
    rows = connection.execute(sa.select(person).order_by(person.c.id)).all()
    taken = {row.key for row in rows if _keeps(row)}  # they have the first claim to their keys
    for row in rows:
        if _keeps(row):
            continue
        name = next(name for name in _candidates(row.name) if name_key(name) not in taken)
        taken.add(name_key(name))
        connection.execute(person.update().where(person.c.id == row.id).values(name=name, key=name_key(name)))


def _keeps(row: sa.Row[tuple[int, str, str]]) -> bool:
    return bool(name_key(_cleaned(row.name)) == row.key)


def _cleaned(name: str) -> str:
    """The name as it is cleaned today; a word where nothing of it can be seen."""
    try:
        return clean_name(name)
    except DatabaseError:
        return "Unnamed"


def _candidates(name: str) -> itertools.chain[str]:
    """What somebody may be called from now on: as they are, or with a number behind it."""
    cleaned = _cleaned(name)
    return itertools.chain([cleaned], (f"{cleaned[:190]} ({number})" for number in itertools.count(2)))

"""How large a gallery is, counted by the database: of a million people nobody need be read for it."""

from collections.abc import Mapping

from sqlalchemy import func, select

from db.people.people import in_use
from db.schema.tables import PersonRow, SampleRow
from db.transactions import Transactions


def picture_counts(database: Transactions) -> dict[int, int]:
    """Of how many people how many pictures are searched for: the number of people by that of their pictures."""
    each = select(func.count().label("pictures")).where(in_use()).group_by(SampleRow.person_id).subquery()
    with database.reading() as session:
        rows = session.execute(select(each.c.pictures, func.count().label("people")).group_by(each.c.pictures))
        return {row.pictures: row.people for row in rows}


def everybody_counted(database: Transactions) -> int:
    """How many people are known who are not set aside."""
    with database.reading() as session:
        return session.scalars(select(func.count()).where(~PersonRow.aside)).one()


def totals(counts: Mapping[int, int]) -> tuple[int, int]:
    """How many people, and how many pictures, these are."""
    return sum(counts.values()), sum(pictures * people for pictures, people in counts.items())

"""Which columns of all tables refer to the rows of one."""

from collections.abc import Iterator

from db.schema import archive, history, writers  # noqa: F401 - for all tables there are
from db.schema.tables import Base


def referring(to: type[Base]) -> Iterator[tuple[type[Base], str]]:
    """The tables, and in each the column, that hold ids of this one's rows: its foreign keys."""
    for mapper in Base.registry.mappers:
        for key in mapper.local_table.foreign_keys:
            if key.column.table is to.__table__:
                yield mapper.class_, key.parent.name

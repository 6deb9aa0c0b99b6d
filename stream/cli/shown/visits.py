"""Who came, as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from stream.service.visits import Day


def day(found: Day) -> Table:
    """A day's visits."""
    table = Table("who", "came", "last seen", "where", "cameras", "")
    for visit, is_here in zip(found.visits, found.here, strict=True):
        table.add_row(
            escape(visit.person),
            f"{visit.first_seen.astimezone():%H:%M}",
            f"{visit.last_seen.astimezone():%H:%M}",
            escape(visit.camera),
            escape(", ".join(visit.cameras)),
            "[green]still here" if is_here else "",
        )
    return table

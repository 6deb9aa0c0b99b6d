"""Whom a sighting is of, as tables show it."""

from rich.markup import escape


def who(person: str | None, unknown: int | None = None) -> str:
    """Their name; of somebody without one the number of the stranger, where one is kept."""
    if person:
        return escape(person)
    return "[dim]unknown" if unknown is None else f"[dim]unknown {unknown}"

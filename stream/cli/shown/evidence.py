"""Why somebody has a name, or none, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from stream.cli.shown.who import who

if TYPE_CHECKING:
    from db.evidence.records import Evidence
    from stream.service.evidence import Replay, Unnamed
    from stream.service.find import Before


def looks(rows: Iterable[Evidence]) -> Table:
    """The looks behind a name; with what a network of the user's said of them, where one was asked."""
    rows = list(rows)
    asked = ["liveness"] if any(look.liveness is not None for look in rows) else []
    table = Table("time", "quality", "eyes", "most like", "next", "together", "needed", "agree", "then", *asked)
    for look in rows:
        likeness = look.likeness
        decision = look.decision
        table.add_row(
            f"{look.time.astimezone():%H:%M:%S.%f}"[:-5],
            f"{look.quality:.2f}",
            f"{look.eyes:.0f} px",
            _like(likeness.who, likeness.similarity),
            _like(likeness.other, likeness.other_similarity),
            _number(decision.gathered),
            f"{decision.threshold:.2f}",
            str(decision.agreed),
            decision.state,
            *[_number(look.liveness) for _ in asked],
        )
    return table


def steps(again: Replay) -> Table:
    """What would have been thought after each look."""
    table = Table("time", "quality", "together", "it would be", "it was")
    for look, step in zip(again.looks, again.steps, strict=True):
        name = "" if step.name is None else f" {escape(step.name)}"
        table.add_row(
            f"{look.time.astimezone():%H:%M:%S.%f}"[:-5],
            f"{look.quality:.2f}",
            _number(step.similarity),
            f"{step.state}{name}",
            look.decision.state,
        )
    return table


def unnamed(rows: Iterable[Unnamed]) -> Table:
    """Those without a name, and why."""
    table = Table("sighting", "camera", "from", "to", "looks", "usable", "why")
    for one in rows:
        seen = one.sighting
        table.add_row(
            str(seen.id),
            escape(seen.camera),
            f"{seen.first_seen.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{seen.last_seen.astimezone():%H:%M:%S}",
            str(one.appearance.looks),
            str(one.appearance.usable),
            escape(one.reason),
        )
    return table


def found(before: Before) -> Table:
    """When and where a face was seen before."""
    table = Table("similarity", "meaning", "who", "camera", "from", "to", "sighting")
    for one in before.found:
        table.add_row(
            f"{one.similarity:.2f}",
            before.meaning(one),
            who(one.person, one.unknown),
            escape(one.camera),
            f"{one.first_seen.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{one.last_seen.astimezone():%H:%M:%S}",
            "" if one.sighting is None else str(one.sighting),
        )
    return table


def _like(name: str | None, similarity: float | None) -> str:
    return "" if similarity is None else f"{escape(name or '?')} {similarity:.2f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"

"""Results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from stream.cli.shown.who import who

if TYPE_CHECKING:  # a table is also made of what costs seconds to import, and its values bring that along
    from db import Person, Sample, Sighting
    from db.history.records import Decision
    from db.history.suggestions import Suggestion
    from db.sightings.visits import LastSeen
    from db.unknowns.records import Stay
    from stream.gallery.enroll import Verdict
    from stream.gallery.identify import Identified
    from stream.hygiene.check import Doubt
    from stream.tools.bench import Timing
    from stream.tools.doctor import Finding
    from stream.unknowns.listing import Listed


def people(rows: Iterable[Person], last: Mapping[int, LastSeen]) -> Table:
    """Everybody enrolled, and when and where they were seen last."""
    table = Table("name", "pictures", "since", "last seen", "")
    for person in rows:
        note = f"enrolled though like {escape(', '.join(person.like))}" if person.like else ""
        seen = last.get(person.id)
        when = "" if seen is None else f"{seen.time.astimezone():%Y-%m-%d %H:%M}, {escape(seen.camera)}"
        table.add_row(escape(person.name), str(person.samples), f"{person.created.astimezone():%Y-%m-%d}", when, note)
    return table


def samples(rows: Iterable[Sample]) -> Table:
    """The enrolled faces of one person."""
    table = Table("id", "quality", "enrolled", "from", "")
    for sample in rows:
        table.add_row(
            str(sample.id),
            f"{sample.quality:.2f}",
            f"{sample.created.astimezone():%Y-%m-%d %H:%M}",
            escape(sample.source),
            ", ".join(word for word, is_so in (("forced", sample.forced), ("set aside", sample.aside)) if is_so),
        )
    return table


def suggestions(rows: Iterable[Suggestion]) -> Table:
    """Looks that are offered as further pictures."""
    table = Table("id", "of", "when", "quality", "similarity", "sighting")
    for one in rows:
        table.add_row(
            str(one.id),
            escape(one.person),
            f"{one.time.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{one.quality:.2f}",
            f"{one.similarity:.2f}",
            "" if one.sighting is None else str(one.sighting),
        )
    return table


def doubts(rows: Iterable[Doubt]) -> Table:
    """What is doubtful about the people enrolled."""
    table = Table("what", "what to do")
    for doubt in rows:
        table.add_row(escape(doubt.problem), escape(doubt.remedy))
    return table


def decisions(rows: Iterable[Decision]) -> Table:
    """What was decided by hand."""
    table = Table("id", "when", "what", "")
    for decision in rows:
        note = "" if decision.undone is None else f"taken back {decision.undone.astimezone():%Y-%m-%d %H:%M}"
        when = f"{decision.time.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(str(decision.id), when, escape(decision.sentence), note)
    return table


def unknowns(rows: Iterable[Listed]) -> Table:
    """Strangers who are kept."""
    table = Table("id", "visits", "pictures", "first seen", "last seen", "cameras", "most like")
    for row in rows:
        one = row.unknown
        near = row.nearest
        table.add_row(
            str(one.id),
            str(one.visits),
            str(one.pictures),
            f"{one.first_seen.astimezone():%Y-%m-%d %H:%M}",
            f"{one.last_seen.astimezone():%Y-%m-%d %H:%M}",
            escape(", ".join(one.cameras)),
            "" if near is None else f"{escape(near.person.name)} ({near.similarity:.2f})",
        )
    return table


def stays(rows: Iterable[Stay]) -> Table:
    """The visits of a stranger."""
    table = Table("visit", "camera", "from", "to", "pictures", "sighting")
    for stay in rows:
        table.add_row(
            str(stay.id),
            escape(stay.camera),
            f"{stay.first_seen.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{stay.last_seen.astimezone():%H:%M:%S}",
            str(stay.pictures),
            "" if stay.sighting is None else str(stay.sighting),
        )
    return table


def verdicts(rows: Iterable[Verdict], force: bool = True) -> Table:
    """What became of the pictures to enrol.

    Args:
        force: whether the command has such an option.
    """
    table = Table("name", "picture", "result")
    for verdict in rows:
        result = f"[red]{_refusal(verdict, force)}" if verdict.refused else f"[green]{_taken(verdict)}"
        table.add_row(escape(verdict.name), escape(verdict.source), result)
    return table


def _refusal(verdict: Verdict, force: bool) -> str:
    remedy = "; `--force` enrols it all the same" if verdict.doubted and force else ""
    which = f" ({verdict.chosen})" if verdict.chosen else ""
    return f"refused: {escape(verdict.refused or '')}{remedy}{which}"


def _taken(verdict: Verdict) -> str:
    done = "already enrolled" if verdict.already else "enrolled"
    which = f", {verdict.chosen}" if verdict.chosen else ""
    like = f", though like {escape(verdict.like)}" if verdict.like else ""
    return f"{done}{which}{like}{' (forced)' if verdict.forced else ''}"


def seen(rows: Iterable[Sighting]) -> Table:
    """Who was seen in all, those who were seen most first."""
    table = Table("person", "sightings", "first", "last")
    by_name: dict[str | None, list[Sighting]] = {}
    for row in rows:
        by_name.setdefault(row.person, []).append(row)
    for name, its in sorted(by_name.items(), key=lambda one: (one[0] is None, -len(one[1]))):
        first, last = min(one.first_seen for one in its), max(one.last_seen for one in its)
        times = (f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" for moment in (first, last))
        table.add_row("unknown" if name is None else escape(name), str(len(its)), *times)
    return table


def sightings(rows: Iterable[Sighting], strangers: Mapping[int, int] = {}) -> Table:
    """Who was seen, where, from when to when.

    Args:
        strangers: the numbers of the unknowns who were seen, by those of the sightings.
    """
    table = Table("id", "who", "camera", "from", "to", "seconds", "similarity")
    for seen in rows:
        table.add_row(
            str(seen.id),
            who(seen.person, strangers.get(seen.id)),
            escape(seen.camera),
            f"{seen.first_seen.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{seen.last_seen.astimezone():%H:%M:%S}",
            f"{(seen.last_seen - seen.first_seen).total_seconds():.1f}",
            "" if seen.similarity is None or seen.person is None else f"{seen.similarity:.2f}",
        )
    return table


def identified(picture: str, rows: Sequence[Identified], threshold: float) -> Table:
    """The faces of a picture and the people nearest to each."""
    from stream.gallery.identify import meaning

    table = Table("face", "box", "person", "similarity", "meaning", title=escape(picture))
    for number, one in enumerate(rows, start=1):
        x1, y1, x2, y2 = (round(float(side)) for side in one.face.box)
        where = (str(number), f"{x1},{y1} {x2},{y2}")
        if one.face.refused or not one.matches:
            table.add_row(*where, "[dim]-", "", one.face.refused or "nobody is enrolled")
        for rank, match in enumerate(one.matches):
            place = where if rank == 0 else ("", "")
            table.add_row(
                *place, escape(match.person.name), f"{match.similarity:.2f}", meaning(match.similarity, threshold)
            )
    return table


def timings(rows: Iterable[Timing]) -> Table:
    """Milliseconds per stage."""
    table = Table("stage", "network", "ms", "threads", "provider")
    for timing in rows:
        milliseconds = f"{timing.milliseconds:.1f}"
        threads = str(timing.threads)
        table.add_row(timing.stage, timing.network, milliseconds, threads, timing.provider)
    return table


def findings(rows: Iterable[Finding]) -> Table:
    """What was looked at and what is wrong with it."""
    table = Table("", "subject", "state")
    for finding in rows:
        mark = "[red]✗" if finding.problem else "[green]✓"
        table.add_row(mark, escape(finding.subject), escape(finding.problem or finding.state))
    return table

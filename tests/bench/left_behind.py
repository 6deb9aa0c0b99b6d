"""What a process has left that was killed: is everything there that it told of, and nothing by halves?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from db import Database, DatabaseError, Event, SightingWriter
from db.schema.tables import LookRow, StayRow
from db.sightings.snapshots import file_of
from db.unknowns.unknowns import Unknowns


@dataclass(frozen=True, slots=True)
class Told:
    """What the process has told, in its order; see `tests.bench.killed`."""

    messages: Sequence[tuple[Any, ...]]

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        """The messages of a kind, without it."""
        return [message[1:] for message in self.messages if message[0] == kind]

    @property
    def broken_off(self) -> set[int]:
        """The groups about which something was being decided at the end: that is done, or it is not."""
        decided = [message for message in self.messages if message[0] in ("begin", "named", "merged")]
        return set(decided[-1][1]) if decided and decided[-1][0] == "begin" else set()


def problems(folder: Path, told: Told) -> list[str]:
    """All that is wrong after the next start, in words.

    Args:
        folder: of the database and of the snapshots.
    """
    with Database.open(folder / "people.db") as database:
        with SightingWriter(database):
            pass  # the next start
        database.check()
        return [
            *_broken_rows(database),
            *_people(database, told),
            *_groups(database, told),
            *_events(database, told.of("event")),
            *_files(database, folder / "snapshots"),
        ]


def _broken_rows(database: Database) -> Iterator[str]:
    with database.reading() as session:
        if lost := session.execute(text("PRAGMA foreign_key_check")).all():
            yield f"{len(lost)} rows refer to rows that are not there"
        looks = select(func.count()).where(LookRow.stay_id == StayRow.id).scalar_subquery()
        if wrong := session.scalars(select(StayRow.id).where(StayRow.pictures != looks)).all():
            yield f"the stays {wrong} have more or fewer looks than they say"


def _people(database: Database, told: Told) -> Iterator[str]:
    samples = {person.name: person.samples for person in database.people()}
    for name, count in told.of("enrolled"):
        if samples.get(name) != count:
            yield f"{name} was enrolled with {count} pictures, and has {samples.get(name)}"
    for _, name, count in told.of("named"):
        if samples.get(name) != count:
            yield f"{name} was named with {count} pictures, and has {samples.get(name)}"
        elif not database.sightings(name=name):
            yield f"{name} was named, and no sighting is"
    yield from (
        f"{name} has one picture of two" for name, count in samples.items() if "Enrolled" in name and count != 2
    )


def _groups(database: Database, told: Told) -> Iterator[str]:
    unknowns = Unknowns(database)
    visits = {one.id: one.visits for one in unknowns.everybody()}
    gone = {number for number, *_ in told.of("merged") + told.of("named")}
    yield from (f"unknown {number} is there, though it has gone" for number in sorted(gone & visits.keys()))
    for _, into, count in told.of("merged"):
        if into not in gone | told.broken_off and visits.get(into, 0) < count:
            yield f"unknown {into} had {count} visits, and has {visits.get(into)}"


def _events(database: Database, told: Sequence[tuple[Event]]) -> Iterator[str]:
    kept = {(one.time, one.event, one.track): one for one in database.events()}
    for (event,) in told:
        found = kept.get((event.time, event.event, event.track))
        if found is None or found.sighting is None:
            yield f"{event.event} at {event.time} is not there"
            continue
        try:
            ended = database.sighting(found.sighting).last_seen
        except DatabaseError as error:
            yield str(error)
        else:
            if ended < event.time:
                yield f"sighting {found.sighting} ends at {ended}, before {event.event} at {event.time}"


def _files(database: Database, snapshots: Path) -> Iterator[str]:
    wanted = {file_of(seen.snapshot) for seen in database.sightings() if seen.snapshot is not None}
    there = set(snapshots.iterdir()) if snapshots.exists() else set()
    yield from (f"{path.name} is a file without a sighting" for path in sorted(there - wanted))
    yield from (f"{path.name} is a sighting's, and not there" for path in sorted(wanted - there))

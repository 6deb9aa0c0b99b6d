"""Commands about who was seen."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from db import Database, write_csv, write_json
from db.erasing import erase_sighting
from db.events.queues import QUEUE, take_over
from db.events.telling import GAP, LONGEST
from db.moments import meant
from db.people.erasure import still_in
from db.sightings.sightings import mistaken_camera
from db.text.wording import how_many
from db.unknowns.unknowns import Unknowns
from stream.cli.options import AsJson, Db, EmbedderName, files
from stream.cli.shown import evidence as shown
from stream.cli.shown import tables
from stream.cli.shown.visits import day
from stream.cli.terminal import confirm, iso, say, show_table
from stream.service.corrections import Corrections, held_against
from stream.service.visits import Visits

WHEN = "DAY|TIME|2h|yesterday"
Since = Annotated[str | None, Option(metavar=WHEN, help="Seen at this time or later.")]
Until = Annotated[str | None, Option(metavar=WHEN, help="Seen at this time, or on this day, or earlier.")]
Number = Annotated[int, Argument(help="Its id in `sightings`.")]

if TYPE_CHECKING:
    from stream.service.evidence import Why

app = typer.Typer()
sightings = typer.Typer(invoke_without_command=True)
app.add_typer(sightings, name="sightings")


@sightings.callback()
def list_sightings(
    context: typer.Context,
    db: Db,
    since: Since = None,
    until: Until = None,
    camera: Annotated[str | None, Option()] = None,
    name: Annotated[str | None, Option()] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Tell who was seen, where, from when to when.

    Example: doorman sightings --since 2026-11-24 --name Ada
    """
    if context.invoked_subcommand is not None:
        return
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    first, last = moments(since, until)
    with Database.open_to_read(db) as database:
        found = database.sightings(since=first, until=last, camera=camera, name=name)
        strangers = {} if as_json or as_csv else Unknowns(database).of_sightings(found)
    if as_json:
        write_json(found, sys.stdout)
    elif as_csv:
        write_csv(found, sys.stdout)
    else:
        show_table(tables.sightings(found, strangers), "Nobody was seen.")
        _tell_of_mistaken(db, camera, found)


@app.command()
def today(
    db: Db,
    gap: Annotated[
        float, Option(min=0, max=LONGEST, help="Seconds seen nowhere within a visit.")
    ] = GAP.total_seconds(),
    as_json: AsJson = False,
) -> None:
    """Tell who came today, visit by visit over all cameras, and who is still here.

    Example: doorman today
    """
    with Database.open_to_read(db) as database:
        found = Visits(database, timedelta(seconds=gap)).today(database.clock.now())
    if as_json:
        told = [{**asdict(visit), "here": here} for visit, here in zip(found.visits, found.here, strict=True)]
        print(json.dumps({"visits": told, "strangers": found.strangers}, default=iso, ensure_ascii=False, indent=2))
        return
    show_table(day(found), "Nobody who is known came today.")
    if found.strangers:
        say(f"Besides, {how_many(found.strangers, 'sighting')} of people without a name.")


def _tell_of_mistaken(db: str, camera: str | None, found: Sequence[object]) -> None:
    """Where nothing is found: the camera may have another name."""
    if camera is None or found:
        return
    with Database.open_to_read(db) as database:
        if sentence := mistaken_camera(database, camera):
            say(sentence)


@contextmanager
def why(db: str, embedder: str | None = None) -> "Iterator[Why]":
    """The evidence of a database."""
    from stream.gallery.embedder import embedder_of  # slow to import, as the next, and not needed for the list
    from stream.service.evidence import Why

    with Database.open_to_read(db) as database:
        yield Why(database, embedder_of(database, embedder).sha256)


@sightings.command()
def show(
    db: Db,
    number: Number,
    out: Annotated[Path | None, Option(help="Write a contact sheet there: the snapshot, and the faces kept.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell why somebody was named: the looks behind it, and how similar each was to whom.

    Example: doorman sightings show 31 --out sheet.jpg
    """
    with why(db) as evidence:
        sighting, looks = evidence.show(number)
        written = out is not None and evidence.write(number, out)
    if as_json:
        print(json.dumps({**asdict(sighting), "looks": list(map(asdict, looks))}, default=iso, ensure_ascii=False))
        return
    show_table(tables.sightings([sighting]))
    if looks:
        if sighting.by_hand:
            say("Its name was given by hand. Before that:")
        show_table(shown.looks(looks))
    else:
        say("No look is kept of it: it has no name, or was given one by hand, or is from before evidence was kept.")
    if out is not None:
        say(f"The pictures are on {out}." if written else "No picture of it is kept: see --snapshots, --keep-evidence.")


@sightings.command()
def wrong(
    db: Db,
    number: Number,
    name: Annotated[str | None, Option("--is", metavar="NAME", help="Who it is; by default a stranger.")] = None,
) -> None:
    """Take a wrong name from a sighting; whoever looks more like it than like that person is not named so again.

    Example: doorman sightings wrong 31 --is Grace
    """
    with Database.open(db) as database:
        before = database.sighting(number)
        seen, looks = Corrections(database).wrong(number, name)
    say(f"Sighting {number} is {seen.person or 'a stranger'} now.")
    if sentence := held_against(before.person, looks):
        say(sentence)


@sightings.command()
def erase(db: Db, number: Number, yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase a sighting for good: its snapshot, its events, and what is kept of the face.

    Example: doorman sightings erase 31
    """
    with Database.open(db) as database:
        seen = database.sighting(number)
        if not yes:
            when = f"{seen.first_seen.astimezone():%Y-%m-%d %H:%M}"
            confirm(f"Erase the sighting of {seen.person or 'a stranger'}, {when}, {seen.camera}?")
        take_over(database, QUEUE)
        erased = erase_sighting(database, number)
    say(f"Erased sighting {number} with {how_many(erased.snapshots, 'snapshot')}.")
    if erased.copies:
        say(still_in(erased.copies))


@sightings.command()
def replay(
    db: Db,
    number: Number,
    threshold: Annotated[float | None, Option(min=-1, max=1, help="Cosine; by default that of then.")] = None,
    as_json: AsJson = False,
    embedder: EmbedderName = None,
) -> None:
    """Tell what would have come out of the looks behind a name, with the people enrolled now.

    Example: doorman sightings replay 31 --threshold 0.5
    """
    with why(db, embedder) as evidence:
        again = evidence.replay(number, threshold)
    if as_json:
        print(json.dumps({**asdict(again), "name": again.name}, default=iso, ensure_ascii=False))
        return
    show_table(shown.steps(again))
    would = again.name or "nobody: unknown"
    say(f"At a threshold of {again.threshold:.2f} it would be {would}; it is {again.sighting.person or 'unknown'}.")


@sightings.command("why-not")
def why_not(
    db: Db,
    since: Since = None,
    until: Until = None,
    camera: Annotated[str | None, Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Tell why those without a name have none, and whether each camera sees well enough.

    Example: doorman sightings why-not --since yesterday
    """
    first, last = moments(since, until)
    with why(db) as evidence:
        found = evidence.why_not(first, last, camera, limit=1_000_000_000).items
        sights = evidence.sights(camera)
    if as_json:
        told = {"unnamed": list(map(asdict, found)), "cameras": list(map(asdict, sights))}
        print(json.dumps(told, default=iso, ensure_ascii=False))
        return
    show_table(shown.unnamed(found), "Nobody without a name was seen.")
    for sight in sights:
        say(str(sight))
    _tell_of_mistaken(db, camera, found)


@app.command("find")
def find_face(
    db: Db,
    picture: Annotated[Path, Argument(callback=files)],
    since: Since = None,
    until: Until = None,
    most: Annotated[int, Option(min=1, help="Tell so many at most.")] = 20,
    out: Annotated[Path | None, Option(help="Write a contact sheet there, of those of whom a picture is kept.")] = None,
    as_json: AsJson = False,
    embedder: EmbedderName = None,
) -> None:
    """Tell when and where a face was seen before: sightings, and strangers who are kept.

    Example: doorman find face.jpg --since 7d
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.service.find import find, write_found

    first, last = moments(since, until)
    with Recognizer.open(db, embedder=embedder, reading=True) as recognizer:
        before = find(recognizer, picture, first, last, most)
        written = out is not None and write_found(recognizer, before, out)
    if as_json:
        told = [{**asdict(one), "meaning": before.meaning(one)} for one in before.found]
        print(json.dumps(told, default=iso, ensure_ascii=False, indent=2))
        return
    if not before.found:
        say("Nothing is kept of that time with which the face could be compared.")
        return
    show_table(shown.found(before))
    if out is not None:
        say(f"The pictures are on {out}." if written else "No picture of them is kept.")


def moments(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The first moment of what is meant by `since`, and the last of what is meant by `until`; None where none is."""
    now = datetime.now(UTC)
    try:
        return meant(since, now)[0] if since else None, meant(until, now)[1] if until else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error

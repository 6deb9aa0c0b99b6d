"""Commands about who was seen."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from typer import Option

from db import Database, write_csv, write_json
from db.moments import meant
from stream.cli import tables
from stream.cli.options import AsJson, Db
from stream.cli.terminal import console

WHEN = "DAY|TIME|2h|yesterday"

app = typer.Typer()


@app.command()
def sightings(
    db: Db,
    since: Annotated[str | None, Option(metavar=WHEN, help="Seen at this time or later.")] = None,
    until: Annotated[str | None, Option(metavar=WHEN, help="Seen at this time, or on this day, or earlier.")] = None,
    camera: Annotated[str | None, Option()] = None,
    name: Annotated[str | None, Option()] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Tell who was seen, where, from when to when.

    Example: doorman sightings --since 2026-11-24 --name Ada
    """
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    first, last = _moment(since, 0), _moment(until, 1)
    with Database.open_to_read(db) as database:
        found = database.sightings(first, last, camera, name)
    if as_json:
        write_json(found, sys.stdout)
    elif as_csv:
        write_csv(found, sys.stdout)
    else:
        console.print(tables.sightings(found))


def _moment(text: str | None, which: int) -> datetime | None:
    """The first (0) or last (1) moment that is meant."""
    try:
        return meant(text, datetime.now(UTC))[which] if text else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error

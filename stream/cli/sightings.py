"""Commands about who was seen."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from typer import Option

from db import Database, write_csv, write_json
from stream.cli import tables
from stream.cli.options import AsJson, Db
from stream.cli.terminal import console

app = typer.Typer()


@app.command()
def sightings(
    db: Db,
    since: Annotated[datetime | None, Option(help="Seen at this time or later.")] = None,
    until: Annotated[datetime | None, Option(help="Seen at this time or earlier.")] = None,
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
    with Database.open(db) as database:
        found = database.sightings(_local(since), _local(until), camera, name)
    if as_json:
        write_json(found, sys.stdout)
    elif as_csv:
        write_csv(found, sys.stdout)
    else:
        console.print(tables.sightings(found))


def _local(moment: datetime | None) -> datetime | None:
    """A moment without a zone is meant in the user's own."""
    try:
        return moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{moment} is at the edge of the calendar: give a time nearer to today") from error

"""The whole database: copied, and rid of what is old."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import typer

from db import Database
from db.backup import back_up
from db.events.queues import QUEUE, take_over
from db.sightings import retention
from db.text.wording import how_many
from stream.cli.from_settings import KeepDays, KeepMegabytes
from stream.cli.options import AsJson, Db
from stream.cli.terminal import say

app = typer.Typer()


@app.command()
def backup(db: Db, file: Path) -> None:
    """Copy the database, while it is used or not; what is erased later stays in the copy.

    Example: doorman backup people-2026-11-24.db
    """
    back_up(db, file)
    say(f"Written to {file}. Move it to the database's place to restore it, and delete it when somebody is erased.")


@app.command()
def prune(
    db: Db,
    days: KeepDays = retention.DAYS,
    max_megabytes: KeepMegabytes = retention.MAX_BYTES / 1e6,
    as_json: AsJson = False,
) -> None:
    """Erase old sightings, snapshots and strangers.

    Example: doorman prune --days 7
    """
    with Database.open(db) as database:
        take_over(database, QUEUE)
        erased = retention.prune(database, database.clock.now(), days, max_megabytes * 1e6, timedelta(0))
    if as_json:
        print(json.dumps(asdict(erased)))
        return
    say(
        f"Erased {how_many(erased.sightings, 'sighting')} and {how_many(erased.snapshots, 'snapshot')}"
        + (f", and {how_many(erased.strangers, 'visit')} of strangers." if erased.strangers else ".")
    )

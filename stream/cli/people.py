"""The commands of `doorman people`."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from db import Database
from db.sightings.queues import QUEUE, take_over
from stream.cli import tables
from stream.cli.options import AsJson, Db
from stream.cli.terminal import print_rows, say

app = typer.Typer()
people = typer.Typer(no_args_is_help=True, help="The people who are recognized.")
app.add_typer(people, name="people")


@people.command("list")
def list_people(db: Db, as_json: AsJson = False) -> None:
    """List everybody enrolled.

    Example: doorman people list
    """
    with Database.open(db) as database:
        everybody = database.people()
    print_rows(everybody, as_json, tables.people)


@people.command("show")
def show_person(db: Db, name: str, as_json: AsJson = False) -> None:
    """List the enrolled pictures of one person.

    Example: doorman people show Ada
    """
    with Database.open(db) as database:
        samples = database.samples(name)
    print_rows(samples, as_json, tables.samples)


@people.command()
def rename(db: Db, name: str, new_name: str) -> None:
    """Give a person another name.

    Example: doorman people rename Ada "Ada Lovelace"
    """
    with Database.open(db) as database:
        say(f"{name} is now {database.rename(name, new_name).name}.")


@people.command()
def merge(db: Db, name: str, into: str) -> None:
    """Give a person's pictures and sightings to another, whose name stays.

    Example: doorman people merge Adda Ada
    """
    with Database.open(db) as database:
        person = database.merge(name, into)
    say(f"{person.name} now has {person.samples} pictures.")


@people.command()
def remove(db: Db, name: str, yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase a person for good: pictures, sightings and snapshots.

    Example: doorman people remove Ada
    """
    with Database.open(db) as database:
        person = database.person(name)
        if not yes:
            typer.confirm(f"Erase {person.name} with {person.samples} pictures and all sightings?", abort=True)
        take_over(database, QUEUE)
        erased = database.remove(name)
    say(
        f"Erased {erased.samples} pictures, {erased.sightings} sightings, {erased.snapshots} snapshots"
        + (f", and {erased.messages} events that waited to be sent." if erased.messages else ".")
    )
    if erased.copies:
        say(f"What was erased is still in these copies, which only you can delete: {', '.join(erased.copies)}")


@people.command()
def export(db: Db, name: str, folder: Path) -> None:
    """Write all that is known of a person into a folder.

    Example: doorman people export Ada backup/
    """
    with Database.open(db) as database:
        say(f"Written to {database.export(name, folder)}")

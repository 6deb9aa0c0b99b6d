"""Who is enrolled: listed, renamed, merged, erased, and searched by the server where machines are not to hold them."""

import json
from typing import Annotated

import typer
from typer import Option

from db import Database
from db.events.queues import QUEUE, take_over
from db.people.erasure import still_in
from db.search import on_server
from db.sightings.visits import last_seen
from db.text.wording import how_many
from stream.cli.options import AsJson, Db
from stream.cli.shown import people as shown
from stream.cli.shown import tables
from stream.cli.terminal import confirm, iso, print_rows, say, show_table

app = typer.Typer()


@app.command("list")
def list_people(db: Db, as_json: AsJson = False) -> None:
    """List everybody enrolled.

    Example: doorman people list
    """
    with Database.open_to_read(db) as database:
        everybody = database.people()
        aside = database.people(aside=True)
        last = last_seen(database)
    if as_json:
        rows = [shown.as_dict(person, last.get(person.id)) for person in everybody]
        print(json.dumps(rows, default=iso, ensure_ascii=False, indent=2))
        return
    show_table(tables.people(everybody, last), "Nobody is enrolled: `doorman enroll PICTURE` takes somebody in.")
    if aside:
        say(f"Set aside: {', '.join(person.name for person in aside)}.")


@app.command("index")
def index(db: Db, drop: Annotated[bool, Option("--drop", help="Let machines hold the gallery again.")] = False) -> None:
    """Let PostgreSQL search the gallery by an index of its own (pgvector), where machines are not to hold it.

    Example: doorman people index --db postgresql+psycopg://user:password@host/people
    """
    with Database.open(db) as database:
        if drop:
            on_server.drop(database)
            say("The gallery is held in memory again.")
        else:
            on_server.create(database)
            say("From now on the server searches the gallery.")


@app.command("show")
def show_person(db: Db, name: str, as_json: AsJson = False) -> None:
    """List the enrolled pictures of one person, with the numbers that `drop` takes.

    Example: doorman people show Ada
    """
    with Database.open_to_read(db) as database:
        print_rows(database.samples(name), as_json, tables.samples)


@app.command()
def rename(db: Db, name: str, new_name: str) -> None:
    """Give a person another name.

    Example: doorman people rename Ada "Ada Lovelace"
    """
    with Database.open(db) as database:
        say(f"{name} is now {database.rename(name, new_name).name}.")


@app.command()
def merge(db: Db, name: str, into: str) -> None:
    """Give a person's pictures and sightings to another, whose name stays.

    Example: doorman people merge Adda Ada
    """
    with Database.open(db) as database:
        person = database.merge(name, into)
    say(f"{person.name} now has {how_many(person.samples, 'picture')}.")


@app.command()
def remove(db: Db, name: str, yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase a person for good: pictures, sightings and snapshots.

    Example: doorman people remove Ada
    """
    with Database.open(db) as database:
        person = database.person(name)
        if not yes:
            pictures = how_many(person.samples, "picture")
            confirm(f"Erase {person.name} with {pictures} and all sightings?")
        take_over(database, QUEUE)
        erased = database.remove(name)
    waited = f", and {how_many(erased.messages, 'event')} that waited to be sent" if erased.messages else ""
    say(
        f"Erased {how_many(erased.samples, 'picture')}, {how_many(erased.sightings, 'sighting')}, "
        f"{how_many(erased.snapshots, 'snapshot')}{waited}."
    )
    if erased.copies:
        say(still_in(erased.copies))

"""The commands of `doorman unknowns`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db import Database
from db.people.erasure import still_in
from db.text.wording import how_many
from stream.cli.options import AsJson, Db, EmbedderName
from stream.cli.shown import tables
from stream.cli.terminal import confirm, print_rows, say, show_table
from stream.gallery.embedder import embedder_of
from stream.service.unknowns import UnknownFaces

Number = Annotated[int, Argument(help="Its number in `unknowns list`.")]

app = typer.Typer()
unknowns = typer.Typer(no_args_is_help=True, help="Faces that were seen and have no name, kept by --keep-unknown.")
app.add_typer(unknowns, name="unknowns")


@contextmanager
def kept(db: str, embedder: str | None = None, reading: bool = False) -> Iterator[UnknownFaces]:
    """The unknowns of a database."""
    with (Database.open_to_read if reading else Database.open)(db) as database:
        yield UnknownFaces(database, embedder_of(database, embedder).sha256)


@unknowns.command("list")
def list_unknowns(db: Db, as_json: AsJson = False, embedder: EmbedderName = None) -> None:
    """List the strangers who are kept, whoever was seen last first.

    Example: doorman unknowns list
    """
    with kept(db, embedder, reading=True) as faces:
        found = faces.all()
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        show_table(tables.unknowns(found), "No stranger is kept: `watch --keep-unknown` keeps those who are well seen.")


@unknowns.command()
def show(
    db: Db,
    number: Number,
    out: Annotated[Path | None, Option(help="Folder for its pictures and a contact sheet.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the visits of one stranger, with the numbers that `split` takes, and write the pictures.

    Example: doorman unknowns show 7 --out seven/
    """
    with kept(db, reading=True) as faces:
        _, stays = faces.unknown(number)
        sheet = None if out is None else faces.write(number, out)
    print_rows(stays, as_json, tables.stays)
    if sheet is not None and not as_json:
        say(f"The pictures are in {out}, all of them on {sheet.name}.")


@unknowns.command()
def name(
    db: Db,
    number: Number,
    name: str,
    force: Annotated[bool, Option("--force", help="Enrol even what looks like somebody else, or unlike them.")] = False,
    embedder: EmbedderName = None,
) -> None:
    """Enrol the best pictures of a stranger under a name, also in past sightings.

    Example: doorman unknowns name 7 Ada
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.unknowns.naming import name_unknown

    with Recognizer.open(db, embedder=embedder) as recognizer:
        verdicts = name_unknown(recognizer.enroller, number, name, force)
    show_table(tables.verdicts(verdicts))
    if all(verdict.refused for verdict in verdicts):
        say(f"Unknown {number} stays, since none of its pictures was enrolled.")
        raise typer.Exit(1)


@unknowns.command()
def merge(db: Db, number: Number, into: Annotated[int, Argument(help="The number that stays.")]) -> None:
    """Make one stranger of two, until `people undo` takes it back.

    Example: doorman unknowns merge 9 7
    """
    with kept(db) as faces:
        one = faces.merge(number, into)
    say(f"Unknown {one.id} now has {how_many(one.visits, 'visit')}.")


@unknowns.command()
def split(
    db: Db, number: Number, visits: Annotated[list[int], Argument(help="Their numbers in `unknowns show`.")]
) -> None:
    """Make another stranger of some visits; the program never makes one of the two again.

    Example: doorman unknowns split 7 31 32
    """
    with kept(db) as faces:
        new = faces.split(number, visits)
    say(f"These visits are now unknown {new.id}.")


@unknowns.command()
def ignore(db: Db, number: Number) -> None:
    """Never show a stranger again; no face that is like it gets a name.

    Example: doorman unknowns ignore 7
    """
    with kept(db) as faces:
        faces.ignore(number)
    say(f"Unknown {number} is not shown any more, and gets nobody's name.")


@unknowns.command()
def forget(db: Db, number: Number, yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase what is kept of a stranger for good; the sightings stay, without a name.

    Example: doorman unknowns forget 7
    """
    with kept(db) as faces:
        one, _ = faces.unknown(number)
        if not yes:
            confirm(
                f"Erase unknown {number} with {how_many(one.visits, 'visit')} and {how_many(one.pictures, 'picture')}?"
            )
        copies = faces.forget(number)
    say(f"Erased unknown {number} with {how_many(one.pictures, 'picture')}.")
    if copies:
        say(still_in(copies))

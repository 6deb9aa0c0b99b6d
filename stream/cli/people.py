"""The commands of `doorman people`, and the one that copies the whole database."""

import json
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path
from typer import Argument, Option

from db import Database, Erased, Person
from db.backup import back_up
from db.people.importing import read_export
from db.search import on_server
from db.sightings.queues import QUEUE, take_over
from db.sightings.visits import last_seen
from stream.cli import tables
from stream.cli.options import AsJson, Db, EmbedderName
from stream.cli.shown import people as shown
from stream.cli.terminal import console, iso, print_rows, say, show_table
from stream.service.corrections import Corrections

SNAPSHOTS = user_data_path("doorman", appauthor=False) / "snapshots"

Numbers = Annotated[list[int], Argument(help="Their numbers in `people suggestions list`.")]
Who = Annotated[str, Argument(help="A picture's number in `people show`, or a person's name.")]

app = typer.Typer()
people = typer.Typer(no_args_is_help=True, help="The people who are recognized.")
app.add_typer(people, name="people")
suggestions = typer.Typer(no_args_is_help=True, help="Looks that `watch --learn` offers as further pictures.")
people.add_typer(suggestions, name="suggestions")


@app.command()
def backup(db: Db, file: Path) -> None:
    """Copy the database, while it is used or not; what is erased later stays in the copy.

    Example: doorman backup people-2026-11-24.db
    """
    back_up(db, file)
    say(f"Written to {file}. Move it to the database's place to restore it, and delete it when somebody is erased.")


@people.command("list")
def list_people(db: Db, as_json: AsJson = False) -> None:
    """List everybody enrolled.

    Example: doorman people list
    """
    with Database.open_to_read(db) as database:
        everybody, aside, last = database.people(), database.people(aside=True), last_seen(database)
    if as_json:
        rows = [shown.as_dict(person, last.get(person.id)) for person in everybody]
        print(json.dumps(rows, default=iso, ensure_ascii=False, indent=2))
        return
    show_table(tables.people(everybody, last), "Nobody is enrolled: `doorman enroll PICTURE` takes somebody in.")
    if aside:
        say(f"Set aside: {', '.join(person.name for person in aside)}.")


@people.command("index")
def index(db: Db, drop: Annotated[bool, Option("--drop", help="Let machines hold the gallery again.")] = False) -> None:
    """Let PostgreSQL search the gallery by an index of its own (pgvector), where machines are not to hold it.

    Example: doorman people index --db postgresql+psycopg://user:password@host/people
    """
    with Database.open(db) as database:
        (on_server.drop if drop else on_server.create)(database)
    say("The gallery is held in memory again." if drop else "From now on the server searches the gallery.")


@people.command("show")
def show_person(db: Db, name: str, as_json: AsJson = False) -> None:
    """List the enrolled pictures of one person, with the numbers that `drop` takes.

    Example: doorman people show Ada
    """
    with Database.open_to_read(db) as database:
        print_rows(database.samples(name), as_json, tables.samples)


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
    waited = f", and {erased.messages} events that waited to be sent" if erased.messages else ""
    say(f"Erased {erased.samples} pictures, {erased.sightings} sightings, {erased.snapshots} snapshots{waited}.")
    say_copies(erased)


@people.command()
def move(
    db: Db,
    pictures: Annotated[list[int], Argument(help="Their numbers in `people show`.")],
    to: Annotated[str, Option(help="Whom they show; somebody new is enrolled.")],
) -> None:
    """Give pictures to the person whom they show.

    Example: doorman people move 17 18 --to Grace
    """
    with Database.open(db) as database:
        say(f"Moved: {told(Corrections(database).move(pictures, to))}")


@people.command()
def drop(
    db: Db,
    sample: Annotated[int, Argument(help="Its number in `people show`.")],
    for_good: Annotated[bool, Option("--for-good", help="Erase it now, so that it cannot be taken back.")] = False,
) -> None:
    """Let one picture go; it is erased after 30 days, until when `people undo` takes it back.

    Example: doorman people drop 17
    """
    with Database.open(db) as database:
        if for_good:
            person, erased = database.erase_sample(sample)
        else:
            person, erased = Corrections(database).drop(sample), None
    say(f"{'Dropped' if erased is None else 'Erased'} picture {sample}: {person.name} has {person.samples} left.")
    if erased is not None:
        say_copies(erased)


@people.command()
def check(db: Db, as_json: AsJson = False, embedder: EmbedderName = None) -> None:
    """Look for what is doubtful about the people enrolled: pictures of others, equal ones, one person as two, ...

    Example: doorman people check
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.service.recognition import Recognition

    with Recognizer.open(db, embedder=embedder, reading=True) as recognizer, Recognition(recognizer) as recognition:
        found = recognition.check()
    print_rows(found, as_json, tables.doubts, "Nothing is doubtful.")


@people.command("set-aside")
def set_aside(db: Db, who: Who) -> None:
    """Let nobody be recognized by a picture, or as somebody, until that is restored; all of it is kept.

    Example: doorman people set-aside 17
    """
    with Database.open(db) as database:
        person = Corrections(database).set_aside(number_or_name(who))
    recognized = told(person) if who.isdecimal() else f"nobody is recognized as {person.name} until restored."
    say(f"{who} is set aside: {recognized}")


@people.command()
def restore(db: Db, who: Who) -> None:
    """Take a picture, or somebody, back who is set aside.

    Example: doorman people restore 17
    """
    with Database.open(db) as database:
        person = Corrections(database).restore(number_or_name(who))
    say(f"{who} is restored: {told(person)}")


@people.command()
def history(
    db: Db, limit: Annotated[int, Option(min=1, help="So many, the latest.")] = 50, as_json: AsJson = False
) -> None:
    """List what was decided by hand in the last 30 days, with the numbers that `undo` takes.

    Example: doorman people history
    """
    with Database.open_to_read(db) as database:
        print_rows(Corrections(database).history(limit=limit).items, as_json, tables.decisions, "Nothing was decided.")


@people.command()
def undo(db: Db, number: Annotated[int, Argument(help="Its number in `people history`.")]) -> None:
    """Take back what was decided by hand: an enrolment, a name, a merge, ...

    Example: doorman people undo 12
    """
    with Database.open(db) as database:
        decision = Corrections(database).undo(number)
    say(f"Taken back: {decision.sentence}")


@suggestions.command("list")
def list_suggestions(db: Db, as_json: AsJson = False) -> None:
    """List the looks that are offered as further pictures.

    Example: doorman people suggestions list
    """
    with Database.open_to_read(db) as database:
        print_rows(Corrections(database).suggestions(), as_json, tables.suggestions, "None is offered.")


@suggestions.command()
def accept(db: Db, numbers: Numbers, embedder: EmbedderName = None) -> None:
    """Enrol looks that are offered, several at once.

    Example: doorman people suggestions accept 3 4 7
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.service.recognition import Recognition

    with Recognizer.open(db, embedder=embedder) as recognizer, Recognition(recognizer) as recognition:
        verdicts = recognition.accept(numbers)
    console.print(tables.verdicts(verdicts))
    if any(verdict.refused for verdict in verdicts):
        raise typer.Exit(1)


@suggestions.command()
def refuse(db: Db, numbers: Numbers) -> None:
    """Never offer these looks, or what is like them, again.

    Example: doorman people suggestions refuse 5 6
    """
    with Database.open(db) as database:
        Corrections(database).refuse(numbers)
    say("They are not offered any more.")


def number_or_name(who: str) -> int | str:
    """A picture's number, or a person's name, which may not be a number here."""
    return int(who) if who.isdecimal() else who


def told(person: Person) -> str:
    """How many pictures somebody is recognized by, in a sentence."""
    return f"{person.name} has {person.samples} pictures in use."


def say_copies(erased: Erased) -> None:
    """Name the files that the erasure does not reach."""
    if erased.copies:
        say(f"What was erased is still in these copies, for you to delete: {', '.join(erased.copies)}")


@people.command()
def export(db: Db, name: str, folder: Path) -> None:
    """Write all that is known of a person into a folder.

    Example: doorman people export Ada backup/
    """
    with Database.open_to_read(db) as database:
        say(f"Written to {database.export(name, folder)}")


@people.command("import")
def import_person(
    db: Db,
    folder: Annotated[Path, Argument(help="What `people export` has written.")],
    reembed: Annotated[
        bool, Option("--reembed", help="Embed the pictures anew, as a gallery of another embedder needs it.")
    ] = False,
    snapshots: Annotated[Path, Option(help="Folder for the pictures of the sightings.")] = SNAPSHOTS,
    embedder: EmbedderName = None,
) -> None:
    """Take an exported person back, into whoever has that name.

    Example: doorman people import backup/Ada-1
    """
    crop_embedder = None
    if reembed:
        from stream.tools.reembed import embedder_of_crops  # slow to import, and seldom needed

        crop_embedder = embedder_of_crops(embedder)
    exported = read_export(folder, crop_embedder)
    with Database.open(db) as database:
        person = database.add_exported(exported, snapshots)
    say(f"{person.name} now has {person.samples} pictures.")

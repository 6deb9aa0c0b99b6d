"""What is doubtful about the people enrolled, and what is decided by hand and taken back."""

from typing import Annotated

import typer
from typer import Argument, Option

from db import Database, Person
from db.people.erasure import still_in
from db.text.wording import how_many
from stream.cli.options import AsJson, Db, EmbedderName
from stream.cli.shown import tables
from stream.cli.terminal import print_rows, say
from stream.service.corrections import Corrections

Who = Annotated[str, Argument(help="A picture's number in `people show`, or a person's name.")]

app = typer.Typer()


@app.command()
def move(
    db: Db,
    pictures: Annotated[list[int], Argument(help="Their numbers in `people show`.")],
    to: Annotated[str, Option(help="Whom they show; somebody new is enrolled.")],
) -> None:
    """Give pictures to the person whom they show.

    Example: doorman people move 17 18 --to Grace
    """
    with Database.open(db) as database:
        say(f"Moved: {in_use(Corrections(database).move(pictures, to))}")


@app.command()
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
            say(f"Erased picture {sample}: {person.name} has {person.samples} left.")
            if erased.copies:
                say(still_in(erased.copies))
        else:
            person = Corrections(database).drop(sample)
            say(f"Dropped picture {sample}: {person.name} has {person.samples} left.")


@app.command()
def check(db: Db, as_json: AsJson = False, embedder: EmbedderName = None) -> None:
    """Look for what is doubtful about the people enrolled: pictures of others, equal ones, one person as two, ...

    Example: doorman people check
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.service.recognition import Recognition

    with Recognizer.open(db, embedder=embedder, reading=True) as recognizer, Recognition(recognizer) as recognition:
        found = recognition.check()
    print_rows(found, as_json, tables.doubts, "Nothing is doubtful.")


@app.command("set-aside")
def set_aside(db: Db, who: Who) -> None:
    """Let nobody be recognized by a picture, or as somebody, until that is restored; all of it is kept.

    Example: doorman people set-aside 17
    """
    with Database.open(db) as database:
        person = Corrections(database).set_aside(number_or_name(who))
    recognized = in_use(person) if who.isdecimal() else f"nobody is recognized as {person.name} until restored."
    say(f"{who} is set aside: {recognized}")


@app.command()
def restore(db: Db, who: Who) -> None:
    """Take a picture, or somebody, back who is set aside.

    Example: doorman people restore 17
    """
    with Database.open(db) as database:
        person = Corrections(database).restore(number_or_name(who))
    say(f"{who} is restored: {in_use(person)}")


@app.command()
def history(
    db: Db, limit: Annotated[int, Option(min=1, help="So many, the latest.")] = 50, as_json: AsJson = False
) -> None:
    """List what was decided by hand in the last 30 days, with the numbers that `undo` takes.

    Example: doorman people history
    """
    with Database.open_to_read(db) as database:
        print_rows(Corrections(database).history(limit=limit).items, as_json, tables.decisions, "Nothing was decided.")


@app.command()
def undo(db: Db, number: Annotated[int, Argument(help="Its number in `people history`.")]) -> None:
    """Take back what was decided by hand: an enrolment, a name, a merge, ...

    Example: doorman people undo 12
    """
    with Database.open(db) as database:
        decision = Corrections(database).undo(number)
    say(f"Taken back: {decision.sentence}")


@app.command()
def redo(db: Db, number: Annotated[int, Argument(help="Its number in `people history`.")]) -> None:
    """Do again what was taken back; enrolments apart, whose pictures were erased then.

    Example: doorman people redo 12
    """
    with Database.open(db) as database:
        decision = Corrections(database).redo(number)
    say(f"Done again: {decision.sentence}")


def number_or_name(who: str) -> int | str:
    """A picture's number, or a person's name, which may not be a number here."""
    return int(who) if who.isdecimal() else who


def in_use(person: Person) -> str:
    """How many pictures somebody is recognized by, in a sentence."""
    return f"{person.name} has {how_many(person.samples, 'picture')} in use."

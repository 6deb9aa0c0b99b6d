"""Looks that are offered as further pictures of the people enrolled: enrolled, or refused."""

from typing import Annotated

import typer
from typer import Argument

from db import Database
from stream.cli.options import AsJson, Db, EmbedderName
from stream.cli.shown import tables
from stream.cli.terminal import print_rows, say, show_table
from stream.service.corrections import Corrections

Numbers = Annotated[list[int], Argument(help="Their numbers in `people suggestions list`.")]

app = typer.Typer(no_args_is_help=True, help="Looks that `watch --learn` offers as further pictures.")


@app.command("list")
def list_suggestions(db: Db, as_json: AsJson = False) -> None:
    """List the looks that are offered as further pictures.

    Example: doorman people suggestions list
    """
    with Database.open_to_read(db) as database:
        print_rows(Corrections(database).suggestions(), as_json, tables.suggestions, "None is offered.")


@app.command()
def accept(db: Db, numbers: Numbers, embedder: EmbedderName = None) -> None:
    """Enrol looks that are offered, several at once.

    Example: doorman people suggestions accept 3 4 7
    """
    from stream.recognizer import Recognizer  # slow to import; the other commands need no network
    from stream.service.recognition import Recognition

    with Recognizer.open(db, embedder=embedder) as recognizer, Recognition(recognizer) as recognition:
        verdicts = recognition.accept(numbers)
    show_table(tables.verdicts(verdicts, force=False))
    if any(verdict.refused for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def refuse(db: Db, numbers: Numbers) -> None:
    """Never offer these looks, or what is like them, again.

    Example: doorman people suggestions refuse 5 6
    """
    with Database.open(db) as database:
        Corrections(database).refuse(numbers)
    say("They are not offered any more.")

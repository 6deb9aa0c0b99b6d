"""What commands tell: sentences, tables, progress, and JSON for programs."""

import codecs
import errno
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from stream.errors import StreamError
from stream.files import unwritable

PARTS = ("stream", "web", "models", "db", "training")
ENDLESS = 10_000  # columns: in a pipe or a file each row of a table is one line
Item = TypeVar("Item")

console = Console(highlight=False)
if not console.is_terminal and "COLUMNS" not in os.environ:
    console.width = ENDLESS
errors = Console(stderr=True, style="red", highlight=False)


def keep_log(level: int) -> None:
    """Log to the error output, each line with its time: our own parts from this level on, others from warnings on."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    for part in PARTS:
        logging.getLogger(part).setLevel(level)


def say(sentence: str, to: Console = console) -> None:
    """One line, as long as it is, with whatever brackets a name has."""
    to.print(sentence, markup=False, soft_wrap=True)


def confirm(question: str) -> None:
    """Go on only if somebody says yes.

    Raises:
        typer.Abort: somebody says no.
        StreamError: nobody is there to answer.
    """
    try:
        is_wanted = typer.confirm(question)
    except typer.Abort:
        if sys.stdin is not None and sys.stdin.isatty():
            raise
        print()
        raise StreamError("Nobody answers here, so nothing was done: give --yes to do it without a question.") from None
    if not is_wanted:
        raise typer.Abort


def iso(moment: datetime) -> str:
    """A moment as JSON has it, in ISO 8601 with zone."""
    return moment.isoformat(timespec="milliseconds")


def print_rows(
    rows: Sequence[Any], as_json: bool, table: Callable[[Sequence[Any]], Table], nothing: str = "There is none."
) -> None:
    """Records as a table, or a sentence where there is none; or as a JSON list."""
    if as_json:
        print(json.dumps([asdict(row) for row in rows], default=iso, ensure_ascii=False, indent=2))
    else:
        show_table(table(rows), nothing)


def show_table(table: Table, nothing: str | None = None) -> None:
    """A table, of whose texts nothing is cut; where it has no rows, a sentence, if there is one for that."""
    if nothing and not table.row_count:
        say(nothing)
        return
    for column in table.columns:
        column.overflow = "fold"
    console.print(table)


def counted(done: Iterable[Item], total: int, title: str = "Embedding") -> Iterable[Item]:
    """The same things, with a progress bar on a terminal."""
    from rich.progress import track

    return track(done, title, total, console=errors, transient=True, disable=not errors.is_terminal)


def write_every_letter() -> None:
    """Let no letter that the standard output has not end the program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        codecs.register_error(_escaped.__name__, _escaped)
        sys.stdout.reconfigure(errors=_escaped.__name__)


@contextmanager
def whole_output() -> Iterator[None]:
    """See to it that all that is printed is written in the end.

    Raises:
        StreamError: it cannot be. Where nobody reads it any more (`| head`), the program ends without a word instead.
    """
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:  # as it is in a program without a terminal
                sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # it is a file's; those that write files tell of their own troubles
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter would try it again
        if error.errno == errno.EPIPE:
            sys.exit(1)
        raise unwritable("Standard output", error) from None


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What an output has no letters for, as JSON writes it, so that what is JSON stays JSON."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end

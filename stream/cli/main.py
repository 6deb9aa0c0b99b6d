"""All commands, each imported when it is run, so that none waits for what the others need; and how they end."""

import gc
import logging
import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer import Option
from typer.core import TyperCommand

from stream.cli.ending import at_once, in_order, signals
from stream.cli.terminal import errors, keep_log, say, whole_output, write_every_letter

COMMANDS = (  # in the order of --help: name, module (beside this one), and what it does, as its docstring says
    (
        "watch",
        ".watch",
        "Watch cameras at the same time, or recordings one after the other, and log who is seen.",
    ),
    (
        "archive",
        ".archive",
        "Watch the recordings of folders, on all cores, and log who was seen; what breaks off goes on the next time.",
    ),
    (
        "export-settings",
        ".watch",
        "Print a settings file for `watch` to begin with: every option, what it does, and its default.",
    ),
    (
        "enroll",
        ".gallery",
        "Take people into the gallery; each picture is accepted, or refused with a reason.",
    ),
    ("identify", ".gallery", "Tell for every face of a picture which people it is most like."),
    (
        "compare",
        ".gallery",
        "Tell how alike the largest faces of two pictures are, and what that means at the gallery's threshold.",
    ),
    ("sightings", ".sightings", "Tell who was seen, where, from when to when."),
    ("today", ".sightings", "Tell who came today, visit by visit over all cameras, and who is still here."),
    ("find", ".sightings", "Tell when and where a face was seen before: sightings, and strangers who are kept."),
    ("detect", ".tools", "Find the faces of pictures and their five points."),
    ("evaluate", ".tools", "Measure a network on labelled data."),
    (
        "calibrate",
        ".gallery",
        "Choose the threshold for a false-accept rate, measured on the people enrolled, and use it from now on.",
    ),
    (
        "reembed",
        ".gallery",
        "Rebuild the gallery for another embedder, from the face crops that it keeps, and what is kept beside it.",
    ),
    (
        "bench",
        ".tools",
        "Time each stage on this machine; without --detector, all shipped detectors, to choose between them.",
    ),
    ("prune", ".database", "Erase old sightings, snapshots and strangers."),
    ("doctor", ".tools", "Look for what is wrong with this installation."),
    ("people", ".people.commands", "The people who are recognized."),
    ("unknowns", ".unknowns", "Faces that were seen and have no name, kept by --keep-unknown."),
    (
        "backup",
        ".database",
        "Copy the database, while it is used or not; what is erased later stays in the copy.",
    ),
    ("serve", "web.command", "Serve the web pages and the API, without watching: photos, people, sightings."),
    ("web", "web.command", "Who may use the web pages."),
)

# What other programs call an option, and what it is called here
MEANT = {"--port": "--web", "--host": "--web", "--person": "--name", "--from": "--since", "--to": "--until"}


class OnDemand(TyperCommand):
    """A command, or a group of them, of which the name and a sentence are known before its module is imported."""

    def __init__(self, name: str, module: str, sentence: str) -> None:
        super().__init__(name, help=sentence)
        self._called = name
        self._module = module

    def load(self) -> Any:
        """The command itself."""
        with signals(at_once):
            module = import_module(self._module, __package__)
            options = import_module(".options", __package__)
        if not gc.isenabled():  # as run.py leaves it
            gc.freeze()  # modules stay to the end: to look for garbage among them takes a third of a short command
            gc.enable()
        command = typer.main.get_group(module.app).commands[self._called]
        options.refuse_meaningless(command)
        return command

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """What runs, or shows the help of, the command itself."""
        command = self.load()
        try:
            return command.make_context(*arguments, **more)
        except Exception as error:  # typer keeps the name of the one that has an `option_name` to itself
            ours = MEANT.get(getattr(error, "option_name", ""))
            if any(ours in parameter.opts for parameter in command.params):
                error.possibilities = [ours]  # type: ignore[attr-defined]  # what the error says may be meant
            raise


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def common(
    verbose: Annotated[bool, Option("--verbose", "-v", help="Log more of what goes on.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Log errors only.")] = False,
) -> None:
    """Recognizes people in live video."""
    if verbose and quiet:
        raise typer.BadParameter("give --verbose or --quiet, not both")
    level = logging.WARNING
    if verbose:
        level = logging.DEBUG
    elif quiet:
        level = logging.ERROR
    keep_log(level)


commands = typer.main.get_group(app)
for name, module, sentence in COMMANDS:
    commands.add_command(OnDemand(name, module, sentence))


def main() -> None:
    """Run the command of the command line; a problem ends it with one sentence and exit status 1."""
    write_every_letter()
    if not _is_somewhere():
        say("The folder in which you are is gone: change into another one.", errors)
        sys.exit(1)
    try:
        with signals(in_order), whole_output():
            commands()
    except Exception as problem:
        if not isinstance(problem, _problems()):
            raise
        say(str(problem), errors)
        sys.exit(1)


def _is_somewhere() -> bool:
    """Whether the working folder is there: whoever asks for it otherwise gets an error of its own."""
    try:
        return bool(os.getcwd())  # noqa: PTH109 - pathlib asks it
    except FileNotFoundError:
        return False


def _problems() -> tuple[type[Exception], ...]:
    """What is told in one sentence; found out when something is to be told, since most of the program comes with it."""
    from db import DatabaseError
    from models.errors import ModelError
    from stream.errors import StreamError
    from training.errors import TrainingError

    return ModelError, DatabaseError, StreamError, TrainingError

"""`doorman serve`, and who may log in to the pages."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from typer import Argument, Option

from db import Database
from stream.cli.from_settings import DetectorName, Threshold, of
from stream.cli.options import Db, EmbedderName
from stream.cli.terminal import errors, say
from stream.errors import StreamError
from stream.recognizer import Recognizer
from stream.service.service import Service
from stream.service.setup.kept import SettingsFile
from stream.service.watch.showing import Showing

try:
    from web.access.access import Access, Scope
    from web.server import WebServer, address
except ModuleNotFoundError as missing:
    raise StreamError(f"The web pages need the extra web ({missing}): pip install -e '.[web]'.") from missing

Web = Annotated[str, of("web")]
TrustedProxy = Annotated[str | None, of("trusted_proxy")]

app = typer.Typer()
web = typer.Typer(no_args_is_help=True, help="Who may use the web pages.")
app.add_typer(web, name="web")


@app.command()
def serve(
    db: Db,
    web: Web = "8765",
    trusted_proxy: TrustedProxy = None,
    detector: DetectorName = None,
    embedder: EmbedderName = None,
    threshold: Threshold = None,
) -> None:
    """Serve the web pages and the API, without watching: photos, people, sightings.

    Example: doorman serve --web 8765
    """
    host, port = address(web)
    with (
        Service.open(db, detector, embedder, threshold) as service,
        WebServer(service, Access(service.people.database), host, port, trusted_proxy) as server,
    ):
        say(f"Open {server.url} in a browser; Ctrl-C ends it.")
        threading.Event().wait()


@contextmanager
def beside(
    recognizer: Recognizer,
    session: Showing,
    where: str,
    trusted_proxy: str | None = None,
    kept: SettingsFile | None = None,
) -> Iterator[WebServer]:
    """Serve the pages beside a watch, within a `with` block.

    Args:
        kept: the settings file of the watch, in which the pages keep changes of its cameras.

    Raises:
        StreamError: the address is none, the port is taken, or others could reach it without a password.
    """
    service = Service(recognizer, session, kept)
    host, port = address(where)
    with (
        service.recognition,
        WebServer(service, Access(recognizer.database), host, port, trusted_proxy) as server,
    ):
        yield server


@web.command()
def password(
    db: Db, remove: Annotated[bool, Option("--remove", help="Ask for none any more: on this machine only.")] = False
) -> None:
    """Ask for a password from now on; it is typed, or read from standard input.

    Example: doorman web password
    """
    with Database.open(db) as database:
        (_take_away if remove else _ask_for)(Access(database))


def _ask_for(access: Access) -> None:
    typed = sys.stdin.isatty()
    wanted = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if typed else sys.stdin.readline()
    try:
        access.set_password(wanted.rstrip("\n"))
    except ValueError as error:
        raise StreamError(str(error)) from error
    say("The pages ask for it from their next start on.")


def _take_away(access: Access) -> None:
    if not access.remove_password():
        raise StreamError("There is no password: nothing was changed.")
    if access.is_open:
        say("The pages ask for none from their next start on, and are for this machine only.")
    else:
        say("Tokens are left, so the pages stay closed: `doorman web token NAME --remove` takes one away.", errors)


@web.command()
def token(
    db: Db,
    name: Annotated[str, Argument(help="What it is for, as you call it.")],
    scope: Annotated[Scope, Option(help="Only read, or manage people too.")] = "read",
    remove: Annotated[bool, Option("--remove", help="Let it be valid no longer.")] = False,
) -> None:
    """Make a token for a program, and show it this once.

    Example: doorman web token frigate
    """
    with Database.open(db) as database:
        access = Access(database)
        if not remove:
            if not name.strip():
                raise StreamError("Say what the token is for: `doorman web token frigate`.")
            is_replaced = name in {token.name for token in access.tokens()}
            say(access.add_token(name, scope))
            if is_replaced:
                say(f"It takes the place of the earlier token {name}, which is valid no longer.", errors)
            if access.lacks_password:
                say("The pages ask for a password from their next start on: set one by `doorman web password`.", errors)
        elif access.remove_token(name):
            say(f"The token {name} is valid no longer.")
        else:
            raise StreamError(f"There is no token {name}: `doorman web tokens` lists them.")


@web.command()
def tokens(db: Db) -> None:
    """List the tokens, without what they are.

    Example: doorman web tokens
    """
    with Database.open(db) as database:
        there = Access(database).tokens()
    for token in there:
        say(f"{token.name}: {token.scope}")
    if not there:
        say("There is no token: `doorman web token NAME` makes one.", errors)

"""Options that several commands have."""

import math
from pathlib import Path
from typing import Annotated, Any

from typer import BadParameter, Option
from typer.models import TyperPath

from db import default_url
from db.redaction import is_address, redacted
from db.schema.engine import PLACE
from models import EMBEDDER
from models.search.tiles import Tiling, tiles_wished
from stream.files import exists

FLOATS = {"float", "float range"}  # what Click calls the types of numbers, without and with bounds
LEAST, MOST = 32, 8192  # pixels of a long side: what a network sees, and what memory holds


class GivenPath(TyperPath):
    """A path that is not empty, as it is where a variable of the shell is not set: `Path("")` is the working folder."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Raises BadParameter at an empty one."""
        if value == "":
            self.fail("it is empty; check the variable that should hold it.", param, ctx)
        return super().convert(value, param, ctx)


def refuse_meaningless(command: Any) -> None:
    """Let a command, or all of a group, take no empty path, and no NaN, which is in any range."""
    for parameter in command.params:
        if isinstance(parameter.type, TyperPath):
            parameter.type = GivenPath()
        elif parameter.type.name in FLOATS:
            parameter.callback = a_number
    for one in getattr(command, "commands", {}).values():
        refuse_meaningless(one)


def a_number(_context: Any, _parameter: Any, given: float | None) -> float | None:
    """The number that was given; raises BadParameter at NaN."""
    if given is not None and math.isnan(given):
        raise BadParameter("nan is no number")
    return given


def files(given: Path | list[Path] | None) -> Path | list[Path] | None:
    """The paths that were given; raises BadParameter, without its password, at an address in the place of one."""
    for path in given if isinstance(given, list) else filter(None, [given]):
        if is_address(str(path)) and not exists(path):
            raise BadParameter(f"{redacted(str(path))} is an address: give files or folders of pictures")
    return given


def pixels_given(text: str) -> int | None:
    """A long side in pixels, None for auto; raises BadParameter if it is neither."""
    if text == "auto":
        return None
    if not text.isdecimal() or not LEAST <= int(text) <= MOST:
        raise BadParameter(f"--size {text}: say auto, or from {LEAST} to {MOST} pixels")
    return int(text)


def tiles_given(text: str) -> Tiling:
    """What is said of tiles; raises BadParameter if it is nothing that can be done."""
    try:
        return tiles_wished(text)
    except ValueError as error:
        raise BadParameter(f"--tiles {error}") from None


Db = Annotated[str, Option(envvar="DOORMAN_DB", help=PLACE, default_factory=default_url, show_default=False)]
EmbedderName = Annotated[str | None, Option(help=EMBEDDER)]
OtherEmbedder = Annotated[str | None, Option(help="Another than the default: a shipped embedder's name, or FILE.onnx.")]
AsJson = Annotated[bool, Option("--json", help="Print JSON, for programs.")]

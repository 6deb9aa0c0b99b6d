"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option

from db import default_url
from db.redaction import is_address, redacted
from stream.files import exists


def files(given: Path | list[Path] | None) -> Path | list[Path] | None:
    """The paths that were given; raises BadParameter, without its password, at an address in the place of one."""
    for path in given if isinstance(given, list) else filter(None, [given]):
        if is_address(str(path)) and not exists(path):
            raise BadParameter(f"{redacted(str(path))} is an address: give files or folders of pictures")
    return given


Db = Annotated[str, Option(envvar="DOORMAN_DB", help="SQLite file or database URL.", default_factory=default_url)]
EmbedderName = Annotated[str | None, Option(help="A shipped embedder's name, or FILE.onnx.")]  # as the settings say
AsJson = Annotated[bool, Option("--json", help="Print JSON, for programs.")]

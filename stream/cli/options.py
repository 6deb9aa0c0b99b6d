"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option

from db import default_url
from db.redaction import is_address, redacted
from db.sightings import retention
from stream.files import exists


def files(given: Path | list[Path] | None) -> Path | list[Path] | None:
    """The paths that were given; raises BadParameter, without its password, at an address in the place of one."""
    for path in given if isinstance(given, list) else filter(None, [given]):
        if is_address(str(path)) and not exists(path):
            raise BadParameter(f"{redacted(str(path))} is an address: give files or folders of pictures")
    return given


Db = Annotated[str, Option(envvar="DOORMAN_DB", help="SQLite file or database URL.", default_factory=default_url)]
AsJson = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
DetectorName = Annotated[str | None, Option(help="A shipped detector's name, FILE.onnx, or an Ultralytics FILE.pt.")]
EmbedderName = Annotated[str | None, Option(help="A shipped embedder's name, or FILE.onnx.")]
Threshold = Annotated[
    float | None,
    Option(
        min=-1, max=1, help="Cosine from which a face gets a name; by default as calibrated, or by the gallery's size."
    ),
]
Trust = Annotated[bool, Option("--trust", help="Read a .pt file, though the code in it may do anything here.")]
Certificate = Annotated[
    str | None, Option(help="SHA-256 of a camera's own certificate, where nobody vouches for it; any trusts anybody.")
]
KeepDays = Annotated[float, Option(min=0, help="Keep sightings for so many days.")]
KeepMegabytes = Annotated[float, Option(min=0, help="Keep snapshots up to this size in all.")]
KEPT_MEGABYTES = retention.MAX_BYTES / 1e6

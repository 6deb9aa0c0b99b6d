"""The settings file: what stands in it, with the variables that it names, and what is told of mistakes."""

import os
import re
import tomllib
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stream.errors import StreamError

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)\})")


def read_toml(path: Path) -> dict[str, Any]:
    """What stands in the file. Raises StreamError if it cannot be read, or is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise StreamError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StreamError(f"{path} is not TOML ({error}): put texts into quotes, one key = value a line.") from error


def secrets_folder(wished: str | Path | None) -> Path | None:
    """The folder of secrets, if one is wished. Raises StreamError if there is none."""
    if wished is None or Path(wished).is_dir():
        return None if wished is None else Path(wished)
    raise StreamError(f"There is no folder {wished} of secrets: check secrets_dir.")


def filled(value: Any, secrets: Path | None) -> Any:
    """A value of the file, with `${VARIABLE}` in its texts replaced, and `$$` by a dollar.

    Args:
        secrets: a folder with a file for each variable that is not in the environment.

    Raises:
        StreamError: a variable is in neither.
    """
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: "$" if found["dollar"] else _variable(found["name"], secrets), value)
    if isinstance(value, list):
        return [filled(one, secrets) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, secrets) for key, one in value.items()}
    return value


def _variable(name: str, secrets: Path | None) -> str:
    if name in os.environ:
        return os.environ[name]
    if secrets is not None and (secrets / name).is_file():
        return (secrets / name).read_text("utf-8").strip()
    raise StreamError(
        f"The settings file names ${{{name}}}, which is neither in the environment nor a file in secrets_dir: "
        "set it, or write $$ for a dollar."
    )


def mistake(error: ValidationError, options: Collection[str], of_cameras: Collection[str]) -> str:
    """The first thing that is wrong, and what would be right.

    Args:
        options: what may be said for all cameras.
        of_cameras: what may be said of one.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    if first["loc"] == ("camera",):
        return "camera: write [[camera]] above the lines of each camera, with two brackets on each side."
    *place, key = (str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    where = "".join(f"{part} " for part in place)
    if {"zones", "masks"} & set(first["loc"]) and first["type"] in ("tuple_type", "too_short"):
        return f"{where}{key}: a polygon is a list of three or more [x, y]."
    if first["type"] == "missing":
        return f"{where}has no {key}: add it, one key = value a line."
    if first["type"] != "extra_forbidden":
        return f"{where}{key}: {first['msg'].removeprefix('Input ').partition(', unable')[0]}."
    if place and key in options:
        return f"{where}has {key}, which holds for all cameras: write it above the first [[camera]]."
    nearest = get_close_matches(key.replace("-", "_"), of_cameras if place else options, n=1, cutoff=0.0)[0]
    return f"{where}has {key}, which is no option: did you mean {nearest}?"

"""The settings file: what stands in it, with the variables that it names, and what is told of mistakes."""

import os
import re
import tomllib
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stream.errors import StreamError

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)\})")
POLYGONS = {"zones": "zone", "masks": "mask"}  # what a camera has several of, and one of them
NO_POLYGON = {"tuple_type", "too_short", "too_long", "missing"}


def read_toml(path: Path) -> dict[str, Any]:
    """What stands in the file. Raises StreamError if it cannot be read, or is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # some editors of Windows begin a file with a mark
    except FileNotFoundError as error:
        raise StreamError(
            f"There is no file {path}: check the path, or write one that explains itself by "
            "`doorman export-settings > FILE`."
        ) from error
    except OSError as error:
        raise StreamError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    except UnicodeDecodeError as error:
        raise StreamError(f"{path} is not TOML, which is text in UTF-8: save it as that.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise StreamError(f"{path} is not TOML ({error}): put texts into quotes, one key = value a line.") from error


def secrets_folder(wished: str | Path | None) -> Path | None:
    """The folder of secrets, if one is wished. Raises StreamError if there is none."""
    if wished is None or Path(wished).is_dir():
        return None if wished is None else Path(wished)
    raise StreamError(f"There is no folder {wished} of secrets: check secrets_dir.")


def unreadable(place: Path, error: BaseException | None) -> StreamError:
    """The error to raise when a secret cannot be read; `error` says why, and which where it is a file's."""
    place = Path(getattr(error, "filename", None) or place)
    why = getattr(error, "strerror", None) or "no text in UTF-8"
    return StreamError(f"{place} cannot be read as a secret ({why}): let it be text that whoever watches may read.")


def filled(value: Any, secrets: Path | None) -> Any:
    """A value of the file, with `${VARIABLE}` in its texts replaced, and `$$` by a dollar.

    Args:
        secrets: a folder with a file for each variable that is not in the environment.

    Raises:
        StreamError: a variable is in neither, or its file cannot be read.
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
        try:
            return (secrets / name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(secrets / name, error) from error
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
    kind, place = first["type"], first["loc"]
    if kind == "path_type":
        return f"{_words(place)}: should be a path in quotes."
    if place[0] == "camera" and len(place) <= 2:
        return "camera: write [[camera]] above the lines of each camera, with two brackets on each side."
    if POLYGONS.keys() & set(place) and kind in NO_POLYGON:
        return f"{_words(place)}: a polygon is a list of three or more [x, y]."
    before, key = place[:-1], str(place[-1])
    where = f"{_words(before)} " if before else ""
    if kind == "missing":
        return f"{where}has no {key}: add it, one key = value a line."
    if kind != "extra_forbidden":
        return f"{_words(place)}: {first['msg'].removeprefix('Input ').partition(', unable')[0]}."
    if before and key in options:
        return f"{where}has {key}, which holds for all cameras: write it above the first [[camera]]."
    if not before and key in of_cameras:
        return f"has {key}, which each camera has for itself: write it below its [[camera]]."
    nearest = get_close_matches(key.replace("-", "_"), of_cameras if before else options, n=1)
    remedy = f"did you mean {nearest[0]}?" if nearest else "`doorman export-settings` prints all that there are."
    return f"{where}has {key}, which is no option: {remedy}"


def _words(place: Sequence[str | int]) -> str:
    """A place in the file: of ("camera", 0, "zones", 1, 2, 0) it is `camera 1, zone 2, point 3, number 1`."""
    names = [part if isinstance(part, str) else str(part + 1) for part in place]
    if len(names) <= 3:
        return " ".join(names)
    camera, number, shape, *inside = names
    levels = zip((POLYGONS[shape], "point", "number"), inside, strict=False)
    return ", ".join([f"{camera} {number}", *(f"{level} {index}" for level, index in levels)])

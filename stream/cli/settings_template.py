"""A settings file to begin with: all that it may say, each commented out."""

import json
import math
from collections.abc import Iterator, Mapping

from pydantic.fields import FieldInfo

from stream.settings import CameraSettings, Settings, Wishes

HEAD = """\
# Settings for `doorman watch --config FILE`. Take the # away before what shall hold: the values are the defaults, or
# examples where there is none. What the command line says goes before this file.
"""
CAMERA = """\
# A camera. There may be several of these tables. Each may also say:
# {also}.
# Zones are where faces count, masks where they do not: polygons of x, y in the pixels that the camera sends, or in
# parts of the picture up to 1.
# [[camera]]
"""
OPTIONS = tuple(name for name in Settings.model_fields if name != "camera")


def settings_template(meanings: Mapping[str, str]) -> str:
    """The text of the file.

    Args:
        meanings: what each of OPTIONS does.
    """
    options = {name: Settings.model_fields[name] for name in OPTIONS}
    own = {name: field for name, field in CameraSettings.model_fields.items() if name not in Wishes.model_fields}
    parts = [HEAD, *_explained(options, meanings), CAMERA.format(also=", ".join(Wishes.model_fields))]
    return "\n".join(parts) + "".join(_line(name, field) for name, field in own.items())


def _explained(options: Mapping[str, FieldInfo], meanings: Mapping[str, str]) -> Iterator[str]:
    return (f"# {meanings[name]}\n{_line(name, field)}" for name, field in options.items())


def _line(name: str, field: FieldInfo) -> str:
    value = field.examples[0] if field.examples else field.default
    return f"# {name} = {'inf' if value == math.inf else json.dumps(value)}\n"

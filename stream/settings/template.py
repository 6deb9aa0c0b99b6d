"""A settings file to begin with: all that it may say, each commented out."""

import json
import math

from pydantic.fields import FieldInfo

from stream.settings.cameras import CameraOptions, CameraSettings
from stream.settings.settings import Settings

HEAD = """\
# Settings for `doorman watch --config FILE`. Take the # away before what shall hold: the values are the defaults, or
# examples where there is none. What the command line says goes before this file, and so does the environment, as
# DOORMAN_LOG for log. ${VARIABLE} in a text is one of the environment, or a file in secrets_dir; $$ is a dollar.
"""
CAMERA = """\
# A camera. There may be several of these tables. Each may also say:
# {also}.
# Zones are where faces count, masks where they do not: polygons of x, y in the pixels that the camera sends, or in
# parts of the picture up to 1.
# [[camera]]
"""


def settings_template() -> str:
    """The text of the file."""
    options = {name: field for name, field in Settings.model_fields.items() if name != "camera"}
    own = {name: field for name, field in CameraSettings.model_fields.items() if name not in CameraOptions.model_fields}
    explained = [f"# {field.description}\n{_line(name, field)}" for name, field in options.items()]
    parts = [HEAD, *explained, CAMERA.format(also=", ".join(CameraOptions.model_fields))]
    return "\n".join(parts) + "".join(_line(name, field) for name, field in own.items())


def _line(name: str, field: FieldInfo) -> str:
    value = field.examples[0] if field.examples else field.default
    return f"# {name} = {'inf' if value == math.inf else json.dumps(value)}\n"

"""How an option of `watch` is declared: once, for the command line, the settings file and the environment."""

from typing import Any

from pydantic import Field

SOURCES = "What is watched"
SHOWN = "What is shown and written"
TOLD = "What is told to others"
WHO = "Who it is"


def option(default: Any, meaning: str, panel: str | None = None, example: Any = None, **limits: Any) -> Any:
    """An option of `watch`.

    Args:
        panel: the part of `watch --help` that shows it; None: only the settings file does.
        example: a value for the settings file, where there is no default.
    """
    examples = None if example is None else [example]
    return Field(default=default, description=meaning, examples=examples, json_schema_extra={"panel": panel}, **limits)

"""Options of the command line, made from the settings, in which each is declared."""

import math
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_type_hints

from typer import Option

from stream.settings.settings import Settings

KINDS = get_type_hints(Settings)  # without their limits
NAMES = tuple(name for name in Settings.model_fields if name != "camera")


def of(name: str, panel: str | None = None, hidden: bool = False, default: str | bool = True) -> Any:
    """The option of a setting.

    Args:
        default: what to show as its default, or whether to show that of the function.
    """
    field = Settings.model_fields[name]
    limits = {key: getattr(limit, key) for limit in field.metadata for key in ("ge", "le") if hasattr(limit, key)}
    return Option(
        help=field.description,
        min=limits.get("ge"),
        max=limits.get("le"),
        rich_help_panel=panel,
        hidden=hidden,
        show_default=default,
    )


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all settings as options, which reach it as keyword arguments: None is one that was not given."""
    own = [one for one in signature(command).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
    every = [*own, *(_parameter(name) for name in NAMES)]
    command.__signature__ = Signature(every)  # type: ignore[attr-defined]  # where typer looks
    command.__annotations__ = {one.name: one.annotation for one in every}
    return command


def _parameter(name: str) -> Parameter:
    field = Settings.model_fields[name]
    extra = field.json_schema_extra
    panel = extra.get("panel") if isinstance(extra, dict) else None
    default = False if field.default in (None, False, math.inf) else str(field.default)
    kind = of(name, None if panel is None else str(panel), panel is None, default)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[KINDS[name] | None, kind])


DetectorName = Annotated[str | None, of("detector")]
Threshold = Annotated[float | None, of("threshold")]
Trust = Annotated[bool, of("trust")]
Certificate = Annotated[str | None, of("certificate")]
KeepDays = Annotated[float, of("keep_days")]
KeepMegabytes = Annotated[float, of("keep_megabytes")]

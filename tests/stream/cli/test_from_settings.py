"""The options of the command line are those of the settings."""

from typing import Any

import typer
from typer.testing import CliRunner

from stream.cli.from_settings import NAMES, with_settings
from stream.cli.main import commands
from stream.settings.settings import Settings

MOST_SHOWN = 20


def test_every_setting_is_an_option_of_watch_with_its_help():
    options = {option.name: option for option in commands.commands["watch"].load().params}
    assert set(NAMES) <= options.keys()
    assert all(options[name].help == Settings.model_fields[name].description for name in NAMES)
    assert all(f"--{name.replace('_', '-')}" in options[name].opts for name in NAMES)


def test_the_help_of_watch_shows_few_of_them():
    options = [option for option in commands.commands["watch"].load().params if option.param_type_name == "option"]
    assert sum(not option.hidden for option in options) + 1 <= MOST_SHOWN  # with --help


def test_an_option_that_other_commands_have_too_is_told_the_same_there():
    told = {option.name: option.help for option in commands.commands["enroll"].load().params}
    assert all(told[name] == Settings.model_fields[name].description for name in ("db", "embedder"))


def test_only_what_is_given_reaches_the_command():
    seen: dict[str, Any] = {}
    app = typer.Typer()

    @app.command()
    @with_settings
    def command(**given: Any) -> None:
        seen.update({name: value for name, value in given.items() if value is not None})

    result = CliRunner().invoke(app, ["--no-blur-unknown", "--lookahead", "0", "--log", "-"])
    assert result.exit_code == 0
    assert {name: str(value) for name, value in seen.items()} == {
        "blur_unknown": "False",
        "lookahead": "0.0",
        "log": "-",
    }

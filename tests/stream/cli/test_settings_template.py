"""The settings file to begin with says all there is, and what it says is valid."""

import math
import re

from stream.cli.settings_template import settings_template
from stream.settings import CameraSettings, Settings

MEANINGS = {name: f"What {name} does." for name in Settings.model_fields}


def read(tmp_path, text):
    (tmp_path / "begin.toml").write_text(text, "utf-8")
    return Settings.read(tmp_path / "begin.toml")


def uncommented(text):
    return re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.MULTILINE)


def test_as_it_is_it_changes_nothing(tmp_path):
    assert read(tmp_path, settings_template(MEANINGS)).options() == {}


def test_without_the_comment_signs_it_is_valid_and_says_everything(tmp_path):
    settings = read(tmp_path, uncommented(settings_template(MEANINGS)))
    assert settings.model_fields_set == set(Settings.model_fields)
    assert {"source", "name", "zones", "masks"} <= settings.camera[0].model_fields_set
    assert settings.max_seconds == math.inf


def test_every_option_is_explained_and_those_of_a_camera_are_named():
    text = settings_template(MEANINGS)
    assert "# What webhook does.\n# webhook = " in text
    assert all(name in text for name in CameraSettings.model_fields)

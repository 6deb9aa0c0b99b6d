"""The settings file to begin with says all there is, and what it says is valid."""

import math
import re

from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from stream.settings.template import settings_template


def read(tmp_path, text):
    (tmp_path / "begin.toml").write_text(text, "utf-8")
    return Settings.read(tmp_path / "begin.toml")


def uncommented(text):
    return re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.MULTILINE)


def test_as_it_is_it_changes_nothing(tmp_path):
    assert read(tmp_path, settings_template()).model_fields_set == {"camera"}


def test_without_the_comment_signs_it_is_valid_and_says_everything(tmp_path, monkeypatch):
    (tmp_path / "secrets").mkdir()
    for name in ("DOOR_PASSWORD", "MQTT_PASSWORD", "WEBHOOK_SECRET"):
        (tmp_path / "secrets" / name).write_text("secret\n")
    monkeypatch.chdir(tmp_path)
    settings = read(tmp_path, uncommented(settings_template()))
    assert settings.model_fields_set == set(Settings.model_fields)
    assert {"source", "name", "zones", "masks"} <= settings.camera[0].model_fields_set
    assert settings.max_seconds == math.inf


def test_defaults_are_numbers_that_somebody_would_write():
    assert "# keep_megabytes = 1000.0\n" in settings_template()


def test_every_option_is_explained_and_those_of_a_camera_are_named():
    text = settings_template()
    assert "# URL to which each of these events is posted.\n# webhook = " in text
    assert all(field.description for name, field in Settings.model_fields.items() if name != "camera")
    assert all(name in text for name in CameraSettings.model_fields)

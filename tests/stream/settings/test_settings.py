"""The settings file: what it may say, what goes before what, and what is told of mistakes."""

import math
from pathlib import Path

import pytest

from stream.errors import StreamError
from stream.settings.cameras import CameraOptions, CameraSettings, for_each_camera, videos
from stream.settings.settings import Settings

DOOR = CameraSettings(source="rtsp://user:password@door/stream", name="door")
GARDEN = CameraSettings(source="garden=1")


@pytest.fixture
def read(tmp_path):
    def call(text: str) -> Settings:
        (tmp_path / "home.toml").write_text(text, "utf-8")
        return Settings.read(tmp_path / "home.toml")

    return call


def said(settings: Settings) -> dict[str, object]:
    """The options that somebody gave."""
    return settings.model_dump(exclude_unset=True, exclude={"camera"})


def test_a_file_tells_options_and_cameras(read):
    settings = read("""
        log = "seen.jsonl"
        max_seconds = 60

        [[camera]]
        name = "door"
        source = "rtsp://user:password@door/stream"
        zones = [[[0, 0], [0.5, 0], [0.5, 1]]]
        blur_unknown = true

        [[camera]]
        source = 0
        masks = [[[10, 10], [100, 10], [100, 200]], [[0, 0], [5, 0], [5, 5]]]
    """)
    assert said(settings) == {"log": Path("seen.jsonl"), "max_seconds": 60}
    door, webcam = settings.camera
    assert (door.called, door.blur_unknown, door.area.zones) == ("door", True, (((0, 0), (0.5, 0), (0.5, 1)),))
    assert (webcam.called, webcam.source, len(webcam.area.masks)) == ("camera0", "0", 2)


def test_an_empty_file_changes_nothing(read):
    assert said(read("")) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("detect-every = 2", "has detect-every, which is no option: did you mean detect_every?"),
        ("widow = true", "did you mean window?"),
        ('[[camera]]\nsource = "0"\nsauce = 1', "camera 1 has sauce, which is no option: did you mean source?"),
        ('[[camera]]\nsource = 0\n[[camera]]\nsource = 1\nwebhook = "x"', "camera 2 has webhook, which holds for all"),
        ("[[camera]]\nname = 'x'", "camera 1 has no source: add it"),
        ("threshold = 7", "threshold: should be less than or equal to 1."),
        ("threshold = 'high'", "threshold: should be a valid number."),
        ("webhook_secret = ''", "webhook_secret: String should have at least 1 character."),
        ("[[camera]]\nsource = 0\nzones = [[[0, 0], [1, 1]]]", "camera 1, zone 1: a polygon is a list of three"),
        (
            "[[camera]]\nsource = 0\nzones = [[[0, 0], [1, 1], [1]]]",
            r"zone 1, point 3, number 2: .* \[x, y\]",
        ),
        ("[[camera]]\nsource = 0\nmasks = [[[0, 0], [1, 1], [1, 0, 1]]]", r"mask 1, point 3: a polygon .* \[x, y\]"),
        ("[[camera]]\nsource = 0\nzones = [[[0, 0], [1, 'x'], [1, 1]]]", "camera 1, zone 1, point 2, number 2: should"),
        ("[[camera]]\nsource = 0\nzones = 'all'", "camera 1 zones: a polygon is a list of three"),
        ("zones = [[[0, 0], [1, 1], [1, 0]]]", r"has zones, which each camera has for itself: write it below its \[\["),
        ("xyz = 1", "has xyz, which is no option: `doorman export-settings` prints all"),
        ("camera = [3]", r"write \[\[camera\]\] above"),
        ("[[camera]]\nsource = 0\nzones = [[[0, 0], [1, -1], [1, 1]]]", "greater than or equal to 0"),
        ("[[camera]]\nsource = 0\nzones = [[[0, 0], [1, nan], [1, 1]]]", "finite number"),
        ("max_seconds = 'long'", "max_seconds: .*valid number"),
        ("detect_every = 0", "detect_every: .*greater than or equal to 1"),
        ("threshold = 60", "threshold: .*less than or equal to 1"),
        ("[[camera]]\nsource = 0\nthreshold = nan", "camera 1 threshold: .*less than or equal to 1"),
        ("metrics = 99999", "metrics: .*less than or equal to 65535"),
        ("metrics = true", "metrics: .*valid integer"),
        ("out = 3", "out: should be a path in quotes."),
        ("snapshots = ''", "snapshots: should not be empty."),
        ("[[camera]]\nsource = 0\nout = ''", "camera 1 out: should not be empty."),
        ("log = ", "is not TOML"),
        (f"log = {'[' * 2000}{']' * 2000}", "is not TOML"),
        ("camera = 'door'", r"write \[\[camera\]\] above"),
        ("[camera]\nsource = 0", r"write \[\[camera\]\] above"),
        ("[[camera]]\nsource = 0\nzones = [[0, 0], [1, 1], [1, 0]]", "a polygon is a list of three"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(read, text, told):
    with pytest.raises(StreamError, match=rf"home.toml.*{told}"):
        read(text)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(StreamError, match=r"There is no file .*nowhere.toml: .* `doorman export-settings > FILE`"):
        Settings.read(tmp_path / "nowhere.toml")
    with pytest.raises(StreamError, match=r"cannot be read \(Is a directory\)"):
        Settings.read(tmp_path)
    (tmp_path / "picture.toml").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(StreamError, match="is not TOML, which is text in UTF-8"):
        Settings.read(tmp_path / "picture.toml")


def test_a_file_may_begin_with_the_mark_of_windows(read):
    assert read("\ufefflog = 'seen.jsonl'").log == Path("seen.jsonl")


def test_a_cameras_own_wish_goes_before_what_holds_for_all_and_the_command_line_before_both():
    own = CameraSettings(source="0", max_seconds=5, lookahead=1)
    common = CameraOptions(max_seconds=60, lookahead=9, threshold=0.7)
    (camera,) = for_each_camera([own], common, given={"lookahead"})
    assert (camera.max_seconds, camera.lookahead, camera.threshold) == (5, 9, 0.7)
    assert for_each_camera([DOOR], CameraOptions(), ()).__next__().max_seconds == math.inf


def test_several_cameras_have_a_video_each():
    own = CameraSettings(source="2", name="yard", out=Path("own.mkv"))
    cameras = list(for_each_camera([DOOR, GARDEN, own], CameraOptions(out=Path("out/all.mp4")), ()))
    assert videos(cameras) == {
        "door": Path("out/all-door.mp4"),
        "garden": Path("out/all-garden.mp4"),
        "yard": Path("own.mkv"),
    }


def test_a_single_camera_has_the_video_that_was_asked_for():
    assert videos(list(for_each_camera([DOOR], CameraOptions(out=Path("all.mp4")), ()))) == {"door": Path("all.mp4")}


def test_two_cameras_cannot_have_the_same_video():
    same = [DOOR.model_copy(update={"out": Path("a.mp4")}), GARDEN.model_copy(update={"out": Path("a.mp4")})]
    with pytest.raises(StreamError, match="name=SOURCE"):
        videos(same)


def test_a_name_may_be_given_on_the_command_line():
    (camera,) = for_each_camera([GARDEN], CameraOptions(), (), name="back yard")
    assert camera.called == "back yard"


def test_the_command_line_goes_before_the_environment_and_that_before_secrets_and_the_file(tmp_path, monkeypatch):
    file, secrets = tmp_path / "home.toml", tmp_path / "secrets"
    file.write_text(
        "lookahead = 1\nmax_seconds = 1\nwebhook_secret = '1'\nmetrics = 1\n[[camera]]\nsource = 0\nlookahead = 0\n"
    )
    secrets.mkdir()
    (secrets / "webhook_secret").write_text("2\n")
    for name, value in {"LOOKAHEAD": "3", "METRICS": "3", "SECRETS_DIR": str(secrets), "DB": ""}.items():
        monkeypatch.setenv(f"DOORMAN_{name}", value)
    settings = Settings.read(file, {"metrics": 4})
    assert (settings.max_seconds, settings.webhook_secret, settings.lookahead, settings.metrics) == (1, "2", 3, 4)
    assert settings.camera[0].lookahead == 3
    assert settings.db is None


def test_a_file_may_say_that_there_is_no_camera(read):
    assert read("camera = []").camera == ()


def test_without_cameras_the_first_webcam_is_meant():
    assert [camera.source for camera in Settings.read().camera] == ["0"]
    assert [camera.called for camera in Settings.read(sources=["door=rtsp://door", "1"]).camera] == ["door", "camera1"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DETECT_EVERY", "often", "DOORMAN_DETECT_EVERY: detect_every: .*valid integer"),
        ("METRICS", "99999", "DOORMAN_METRICS: metrics: .*less than or equal to 65535"),
        ("SECRETS_DIR", "nowhere", "There is no folder nowhere of secrets"),
    ],
)
def test_a_mistake_in_the_environment_is_told_with_its_variable(monkeypatch, name, value, told):
    monkeypatch.setenv(f"DOORMAN_{name}", value)
    with pytest.raises(StreamError, match=told):
        Settings.read()


def test_a_camera_is_not_told_by_the_environment(monkeypatch):
    monkeypatch.setenv("DOORMAN_CAMERA", "door")
    assert [camera.source for camera in Settings.read().camera] == ["0"]


def test_variables_of_the_file_are_those_of_the_environment_or_files_of_the_secrets(read, tmp_path, monkeypatch):
    (tmp_path / "MQTT_PASSWORD").write_text("from a file\n")
    monkeypatch.setenv("DOORMAN_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("DOOR_PASSWORD", "p$$w")
    settings = read("""
        mqtt = "mqtt://me:${MQTT_PASSWORD}@broker"
        webhook_secret = "$$1 $2 $three ${}"
        [[camera]]
        source = "rtsp://me:${DOOR_PASSWORD}@door"
    """)
    assert settings.mqtt == "mqtt://me:from a file@broker"
    assert settings.webhook_secret == "$1 $2 $three ${}"
    assert settings.camera[0].source == "rtsp://me:p$$w@door"


@pytest.mark.parametrize(
    ("secret", "told"), [("MQTT_PASSWORD", "secrets/MQTT_PASSWORD"), ("webhook_secret", "secrets")]
)
def test_a_secret_that_cannot_be_read_is_told(read, tmp_path, monkeypatch, secret, told):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / secret).write_bytes(b"\xff")
    monkeypatch.setenv("DOORMAN_SECRETS_DIR", str(tmp_path / "secrets"))
    with pytest.raises(StreamError, match=rf"{told} cannot be read as a secret \(no text in UTF-8\)"):
        read('mqtt = "mqtt://me:${MQTT_PASSWORD}@broker"')


def test_a_secret_that_others_keep_to_themselves_is_told(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "secrets/webhook_secret")

    (tmp_path / "webhook_secret").touch()
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(StreamError, match=r"secrets/webhook_secret cannot be read as a secret \(Permission denied\)"):
        Settings.read(given={"secrets_dir": tmp_path})


def test_a_variable_that_is_nowhere_is_told(read):
    with pytest.raises(StreamError, match=r"names \$\{NOWHERE\}, which is neither in the environment nor"):
        read('mqtt = "${NOWHERE}"')


def test_secrets_are_not_shown():
    settings = Settings(webhook_secret="hidden", mqtt="mqtt://me:hidden@broker", camera=(DOOR,))
    assert "hidden" not in repr(settings)
    assert "password" not in repr(settings)


def test_what_is_wrong_with_tiles_is_told_with_what_would_do(tmp_path):
    with pytest.raises(StreamError, match=r"--tiles: tiles: 9: say auto, off, or a number from 1 to 8\."):
        Settings.read(given={"tiles": "9"})
    (tmp_path / "cameras.toml").write_text("tiles = 3\n")
    assert Settings.read(tmp_path / "cameras.toml").camera[0].tiles == "3"

"""What `watch` says."""

import sys
from types import SimpleNamespace

import pytest

from stream.cli import watch
from stream.cli.watch import found_by
from stream.errors import StreamError
from tests.clips import make_clip


@pytest.mark.parametrize(
    ("watching", "named", "told"),
    [
        ("m", True, "m, as you named it."),
        ("m", False, "m, the usual one; --detector names another."),
        ("m-int8", True, "m-int8, m in 8-bit integers: this CPU is made for them."),
    ],
)
def test_the_first_line_tells_which_detector_runs_and_why(watching, named, told):
    recognizer = SimpleNamespace(analyzer=with_detector("m"), analyzer_for=lambda _: with_detector(watching))
    assert found_by(recognizer, [], named) == f"Faces are found by {told}"


def test_videos_in_a_folder_of_which_the_pictures_are_watched_are_told_of(tmp_path):
    (tmp_path / "photos" / "2026").mkdir(parents=True)
    others = ["0", "rtsp://door/stream", str(tmp_path / "none"), "", "hall="]
    assert watch.passed_over([f"hall={tmp_path / 'photos'}", *others]) == []
    for name in ("a.jpg", "b.MP4", "2026/c.mov"):
        (tmp_path / "photos" / name).touch()
    (told,) = watch.passed_over([f"hall={tmp_path / 'photos'}"])
    assert f"not watched in {tmp_path / 'photos'}: 2 videos, as " in told


def test_a_folder_of_videos_alone_is_told_as_such_with_what_watches_them(db, doorman, tmp_path):
    (tmp_path / "videos" / "2026").mkdir(parents=True)
    make_clip(tmp_path / "videos" / "2026" / "a.mp4", count=3)
    folder = tmp_path / "videos"
    status, _, error = doorman("watch", f"hall={folder}")
    told = f"Of a folder the pictures are watched, and {folder} holds 1 video alone. Give videos one by one, or"
    assert (status, error) == (1, f"{told} `doorman archive {folder}`.\n")


def with_detector(name):
    return SimpleNamespace(detector=SimpleNamespace(network=SimpleNamespace(entry=SimpleNamespace(name=name))))


def test_a_video_is_not_written_over_what_is_watched(db, doorman, tmp_path):
    clip = make_clip(tmp_path / "a.mp4", count=3)
    before = clip.read_bytes()
    for option in ("--out", "--log", "--events"):
        status, _, error = doorman("watch", f"door={clip}", option, str(clip), "--lookahead", "0")
        assert (status, error) == (1, f"{clip} is read, and would be written over: choose another name.\n")
    assert clip.read_bytes() == before


@pytest.fixture
def wished(doorman, monkeypatch, tmp_path):
    """Runs `watch` with a settings file up to where sources would be opened; gives the cameras and their wishes."""
    (tmp_path / "home.toml").write_text("""
        lookahead = 9.0
        detect_every = 4
        [[camera]]
        name = "door"
        source = "rtsp://door"
        [[camera]]
        name = "garden"
        source = "1"
        detect_every = 2
    """)

    def call(*arguments: str) -> list[tuple[str, int | None, float]]:
        seen = []

        def open_feeds(cameras):
            seen.extend((camera.called, camera.detect_every, camera.lookahead) for camera in cameras)
            raise StreamError("That is enough.")

        monkeypatch.setattr(watch, "open_feeds", open_feeds)
        assert doorman("watch", "--config", str(tmp_path / "home.toml"), *arguments)[0] == 1
        return seen

    return call


def test_a_settings_file_tells_cameras_and_options(db, wished):
    assert wished() == [("door", 4, 9.0), ("garden", 2, 9.0)]


def test_the_command_line_goes_before_the_settings_file(db, wished):
    assert wished("--detect-every", "7") == [("door", 7, 9.0), ("garden", 7, 9.0)]
    assert wished("yard=0", "--lookahead", "1") == [("yard", 4, 1.0)]


def test_a_settings_file_to_begin_with_is_printed(doorman):
    _, told, _ = doorman("export-settings")
    assert "# Cosine from which a face gets a name" in told
    assert "# threshold = " in told


def test_a_settings_file_without_a_camera_is_for_those_who_add_them_in_the_browser(db, doorman, tmp_path):
    (tmp_path / "cameras.toml").write_text("camera = []\n")
    status, _, told = doorman("watch", "--config", str(tmp_path / "cameras.toml"), "--db", db)
    assert status == 1
    assert "names no camera: add a [[camera]], or give --web" in " ".join(told.split())


def test_without_any_source_the_first_webcam_is_watched(db, doorman, monkeypatch):
    seen = []
    monkeypatch.setattr(watch, "open_feeds", lambda cameras: seen.extend(cameras) or sys.exit(0))
    doorman("watch")
    assert [(camera.source, camera.called) for camera in seen] == [("0", "camera0")]

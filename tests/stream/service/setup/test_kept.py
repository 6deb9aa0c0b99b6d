"""The settings file is changed, and stays what it was but for that."""

import stat

import pytest

from stream.errors import StreamError, UnknownCameraError
from stream.pipeline.zones import Area
from stream.service.setup.kept import SettingsFile
from stream.settings.settings import Settings

TEXT = """\
# our house
keep_days = 10   # by law

# the one in front
[[camera]]
name = "door"   # new in May
source = "rtsp://user:${DOOR_PASSWORD}@door/stream"
zones = [[[0.0, 0.3], [0.6, 0.3], [0.6, 1.0]]]

[[camera]]
source = "0"   # has no name of its own
"""
SQUARE = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5))


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("DOOR_PASSWORD", "secret")


@pytest.fixture
def kept(tmp_path):
    def make(text=TEXT):
        path = tmp_path / "cameras.toml"
        path.write_text(text, "utf-8")
        return SettingsFile(path, lambda: Settings.read(path))

    return make


def comments(text):
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_a_camera_more_stands_at_the_end_and_only_the_owner_reads_it(kept):
    file = kept()
    with file.with_camera("http://user:secret@shed/video", "shed", "ab" * 32) as wished:
        assert (wished.called, wished.source, wished.certificate) == (
            "shed",
            "http://user:secret@shed/video",
            "ab" * 32,
        )
    text = file.path.read_text()
    assert text.startswith(TEXT) and comments(text) == comments(TEXT)
    assert list(file.cameras()) == ["door", "camera0", "shed"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_what_holds_for_all_holds_for_a_new_camera(kept):
    file = kept("blur_unknown = true\ncamera = []\n")
    with file.with_camera("0", "desk") as wished:
        assert wished.blur_unknown
    assert list(file.cameras()) == ["desk"]


def test_a_camera_more_in_a_list_of_one_line(kept):
    file = kept('camera = [{ source = "1", name = "one" }]\n')
    with file.with_camera("2", "two"):
        pass
    assert list(file.cameras()) == ["one", "two"]


def test_an_address_that_was_typed_names_no_variable(kept):
    file = kept()
    with file.with_camera("http://elsewhere/${DOOR_PASSWORD}/$x", "odd") as wished:
        assert wished.source == "http://elsewhere/${DOOR_PASSWORD}/$x"


def test_a_camera_is_removed_by_its_name_given_or_not(kept):
    file = kept()
    with file.without_camera("camera0"):
        pass
    assert list(file.cameras()) == ["door"] and "# new in May" in file.path.read_text()
    with file.without_camera("door"):
        pass
    assert "keep_days = 10   # by law" in file.path.read_text()
    assert file.cameras() == {}  # and not the first webcam, as where nothing is said
    with file.with_camera("1", "again"):
        pass
    assert list(file.cameras()) == ["again"]


def test_zones_and_masks_are_kept_with_their_camera(kept):
    file = kept()
    with file.with_area("camera0", Area(masks=(SQUARE,))), file.with_area("door", Area(zones=(SQUARE, SQUARE[:3]))):
        pass
    door, webcam = file.cameras().values()
    assert (door.area, webcam.area) == (Area(zones=(SQUARE, SQUARE[:3])), Area(masks=(SQUARE,)))
    with file.with_area("door", Area()):
        pass
    assert file.cameras()["door"].area == Area()
    assert comments(file.path.read_text()) == comments(TEXT)


def test_options_for_all_are_set_or_added_above_the_cameras(kept):
    file = kept()
    with file.with_options(keep_days=3.0, keep_megabytes=50.0):
        pass
    settings = file.read()
    assert (settings.keep_days, settings.keep_megabytes, len(settings.camera)) == (3.0, 50.0, 2)
    assert comments(file.path.read_text()) == comments(TEXT)


def test_where_what_follows_fails_the_file_is_as_it_was(kept):
    file = kept()
    with pytest.raises(StreamError, match="no"), file.with_camera("1", "shed"):
        raise StreamError("no")
    assert file.path.read_text() == TEXT
    with pytest.raises(StreamError, match="keep_days"), file.with_options(keep_days=-1):
        pass
    assert file.path.read_text() == TEXT


def test_a_camera_that_the_file_does_not_name_is_told(kept):
    with pytest.raises(UnknownCameraError, match="names no camera garden"), kept().without_camera("garden"):
        pass


def test_a_link_to_the_file_stays_one(kept, tmp_path):
    path = kept().path
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    with SettingsFile(link, lambda: Settings.read(link)).with_camera("1", "shed"):
        pass
    assert link.is_symlink() and "shed" in path.read_text()


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    file = SettingsFile(tmp_path / "nowhere.toml", lambda: Settings.read(tmp_path / "nowhere.toml"))
    with pytest.raises(StreamError, match=r"nowhere\.toml cannot be"), file.with_camera("1", "shed"):
        pass


def test_a_file_that_was_broken_by_hand_is_not_changed(kept):
    file = kept("[[camera\n")
    with pytest.raises(StreamError, match="is not TOML"), file.with_area("door", Area()):
        pass
    with pytest.raises(StreamError, match="cannot be changed here"), file.with_camera("1", "shed"):
        pass
    assert file.path.read_text() == "[[camera\n"

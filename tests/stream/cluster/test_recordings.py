"""The recordings of folders are found, with their cameras; what a recorder writes is known by its path."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stream.cluster.recordings import find, recording_of
from stream.errors import StreamError
from tests.clips import make_clip

MOMENT = datetime(2026, 11, 29, 8, 5, 10, tzinfo=UTC)


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a film")


def test_the_camera_is_the_folder_that_a_file_lies_in(tmp_path):
    shop = tmp_path / "shop"
    touch(shop / "door" / "2026" / "2.mkv", shop / "door" / "2026" / "10.mkv", shop / "till.mp4", shop / "notes.txt")
    found = find([str(shop)])
    assert [(one.camera, one.paths[0].name) for one in found] == [
        ("door", "2.mkv"),
        ("door", "10.mkv"),
        ("shop", "till.mp4"),
    ]
    assert {one.camera for one in find([f"cellar={shop}"])} == {"cellar"}
    assert [one.camera for one in find([str(shop / "till.mp4")])] == ["till"]


def test_segments_of_frigate_are_one_recording_for_each_camera(tmp_path):
    folder = tmp_path / "recordings" / "2026-11-29"
    touch(
        folder / "08" / "door" / "05.20.mp4", folder / "08" / "door" / "05.10.mp4", folder / "09" / "door" / "00.00.mp4"
    )
    touch(folder / "08" / "garden" / "05.10.mp4", folder / "25" / "garden" / "05.10.mp4")
    by_camera = {one.camera: one for one in find([str(tmp_path)]) if one.moments}
    assert {name: len(one.paths) for name, one in by_camera.items()} == {"door": 3, "garden": 1}
    assert by_camera["door"].moments[0] == MOMENT
    assert by_camera["door"].paths[0].name == "05.10.mp4"
    assert by_camera["door"].place in {one.place for one in find([str(folder / "08")])}  # whatever folder is given


def test_where_there_is_nothing_it_says_so(tmp_path):
    with pytest.raises(StreamError, match="no recording in"):
        find([str(tmp_path)])
    with pytest.raises(StreamError, match="no file or folder"):
        find([str(tmp_path / "nowhere")])


@pytest.mark.parametrize("text", ["", "door="])
def test_an_empty_text_is_not_the_folder_in_which_one_is(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    make_clip(Path("private.mp4"), count=3)
    with pytest.raises(StreamError, match="A source is empty"):
        find([text])


def test_a_file_that_changes_is_another_recording(tmp_path):
    path = make_clip(tmp_path / "door.mp4", metadata={"creation_time": "2026-01-02T03:04:05Z"})
    before = recording_of(find([str(path)])[0])
    make_clip(path, count=20, metadata={"creation_time": "2026-01-02T03:04:05Z"})
    after = recording_of(find([str(path)])[0])
    assert (before.place, before.began) == (after.place, after.began)
    assert before.content != after.content

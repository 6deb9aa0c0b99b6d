"""The labelled videos of all that is watched."""

from pathlib import Path

import pytest

from stream.errors import StreamError
from stream.sinks.video import CameraVideo
from stream.sinks.videos import Videos
from tests.cameras import endless
from tests.clips import make_view, picture


def test_where_one_cannot_be_written_none_is_begun(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    videos = Videos({"door": CameraVideo(tmp_path / "a.mp4"), "yard": CameraVideo(tmp_path / "file" / "b.mp4")})
    with pytest.raises(StreamError, match=r"b\.mp4 cannot be written"):
        videos.__enter__()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_camera_that_comes_has_a_video_if_it_is_to_have_one(tmp_path: Path) -> None:
    door, yard = make_view(camera="door"), make_view(camera="yard")
    with Videos({}) as videos:
        videos.add_camera(endless("door").source, tmp_path / "door.mp4")
        videos.add_camera(endless("yard").source, None)
        assert (videos.wants(door), videos.wants(yard)) == (True, False)
        for view in (door, yard):
            videos.write(view, picture(1))
        videos.forget_camera("yard")
    assert [path.name for path in tmp_path.iterdir()] == ["door.mp4"]

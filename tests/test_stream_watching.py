"""From the command line's words to sources and sinks."""

import json
from pathlib import Path

import av
import pytest

from stream.errors import StreamError
from stream.sources import open_source
from stream.watching import show, sinks_for, videos
from tests.clips import make_clip, make_view


@pytest.fixture
def sources(tmp_path):
    return [open_source(f"{name}={make_clip(tmp_path / 'clip.mp4')}") for name in ("door", "back yard")]


def views(*cameras: str):
    for index in range(6):
        for camera in cameras:
            yield make_view(index, index / 25, camera=camera)


def frames_in(video: Path) -> int:
    with av.open(video) as file:
        return sum(1 for _ in file.decode(video=0))


def test_one_source_has_the_video_that_was_asked_for(sources, tmp_path):
    show(views("door"), videos(tmp_path / "out.mp4", sources[:1]))
    assert frames_in(tmp_path / "out.mp4") == 6


def test_several_sources_have_a_video_each(sources, tmp_path):
    show(views("door", "back yard"), videos(tmp_path / "out.mp4", sources))
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out-back yard.mp4", "out-door.mp4"]
    assert frames_in(tmp_path / "out-door.mp4") == 6


def test_a_source_that_gave_nothing_leaves_no_video(sources, tmp_path):
    show(views("door"), videos(tmp_path / "out.mp4", sources))
    assert [path.name for path in tmp_path.glob("out*")] == ["out-door.mp4"]


def test_sources_of_one_name_cannot_have_a_video_each(sources, tmp_path):
    with pytest.raises(StreamError, match="name=SOURCE"):
        videos(tmp_path / "out.mp4", [sources[0], sources[0]])


def test_all_sources_have_one_log(sources, tmp_path):
    show(views("door", "back yard"), sinks_for(sources, False, None, tmp_path / "log.jsonl", tmp_path, None))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["camera"] for line in lines[:2]] == ["door", "back yard"]
    assert len(lines) == 12

import json
from pathlib import Path

import pytest

from stream.errors import StreamError
from stream.files import spare, write_whole
from stream.sinks.contact_sheet import ContactSheet
from stream.sinks.json_log import JsonLog
from stream.sinks.video import VideoSink
from stream.sources.source import open_source
from tests.clips import make_view, order, write_all
from tests.stream.sinks.writing import no_room_beyond


@pytest.mark.parametrize("live", [False, True])
def test_a_log_goes_into_a_pipe_which_stays_one(pipe, live):
    path, reader, read = pipe
    reader.start()
    write_all(JsonLog(path, live), map(make_view, range(3)))
    assert [json.loads(line)["frame"] for line in read().splitlines()] == [0, 1, 2]
    assert path.is_fifo()


def test_a_video_goes_into_a_pipe_which_stays_one(pipe, tmp_path):
    path, reader, read = pipe
    reader.start()
    write_all(VideoSink(path, fps=25), [make_view(index, index / 25) for index in range(10)])
    (tmp_path / "read.mkv").write_bytes(read())
    assert order(list(open_source(str(tmp_path / "read.mkv")))) == list(range(10))
    assert path.is_fifo()


def test_a_file_goes_into_a_pipe_which_stays_one(pipe):
    path, reader, read = pipe
    reader.start()
    write_whole(path, b"whole")
    assert read() == b"whole"
    assert path.is_fifo()


def test_a_pipe_stays_one_when_no_frame_came(pipe):
    path, *_ = pipe
    write_all(VideoSink(path), [])
    assert path.is_fifo()


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_whole(path, bytes(1_000_000)),
        lambda path: write_all(JsonLog(path, live=True), map(make_view, range(10_000))),
    ],
)
def test_a_pipe_that_nobody_reads_any_more_is_an_error_and_stays_one(cut_pipe, write):
    with pytest.raises(StreamError, match="Broken pipe"):
        write(cut_pipe)
    assert cut_pipe.is_fifo()


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"whole")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"whole"


@pytest.mark.parametrize("place", ["", ".", "..", "/"])
@pytest.mark.parametrize("live", [False, True])
def test_a_folder_is_no_place_for_a_log(place, live):
    with pytest.raises(StreamError, match=r"cannot be written \(Is a directory\)"), JsonLog(Path(place), live):
        pass


@pytest.mark.parametrize("length", [252, 400])  # with and without room for the part's own suffix
def test_a_name_too_long_for_a_file_is_told(tmp_path, length):
    with pytest.raises(StreamError, match="cannot be written"):
        write_whole(tmp_path / ("a" * length), b"")


def test_what_is_read_is_not_written_over(tmp_path):
    (tmp_path / "a.mp4").touch()
    spare(tmp_path / "a.mp4", tmp_path / "b.mp4", None, Path("long" * 100))
    with pytest.raises(StreamError, match=r"a\.mp4 is read, and would be written over: choose another"):
        spare(tmp_path / "a.mp4", None, tmp_path / ".." / tmp_path.name / "a.mp4")


@pytest.mark.parametrize("sink", [lambda p: VideoSink(p / "a.mp4"), lambda p: JsonLog(p / "a"), ContactSheet])
def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path, sink):
    (tmp_path / "file").touch()
    with pytest.raises(StreamError, match="cannot be written"), sink(tmp_path / "file" / "below"):
        pass


def test_a_missing_folder_is_made(tmp_path):
    write_all(JsonLog(tmp_path / "a" / "b" / "log.jsonl"), [make_view()])
    assert (tmp_path / "a" / "b" / "log.jsonl").exists()


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "face.png"
    with no_room_beyond(100), pytest.raises(StreamError, match="make room"):
        write_whole(path, bytes(200))
    assert list(tmp_path.iterdir()) == []
    write_whole(path, b"whole")
    assert path.read_bytes() == b"whole"

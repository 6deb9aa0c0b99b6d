import io
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
import supervision as sv

from stream.errors import StreamError
from stream.files import spare, write_whole
from stream.frame import Frame, View
from stream.sinks.contact_sheet import ContactSheet
from stream.sinks.json_log import JsonLog, log_entry
from stream.sinks.video import CameraVideo, VideoSink
from stream.sources.recording import VideoFile
from stream.sources.source import open_source
from tests.clips import grey, make_clip, make_faces, make_view, order, picture, write_all


@contextmanager
def no_room_beyond(size):
    """Files cannot grow beyond so many bytes: to whoever writes one, a full disk."""
    resource = pytest.importorskip("resource", reason="Windows cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def pipe(tmp_path):
    """A named pipe and what came out of it, once its reader has ended."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("Windows has no named pipes among its files")
    path = tmp_path / "pipe.mkv"
    os.mkfifo(path)
    came: list[bytes] = []
    reader = threading.Thread(target=lambda: came.append(path.read_bytes()), daemon=True)

    def read() -> bytes:
        reader.join(timeout=10)
        return came[0]

    return path, reader, read


@pytest.fixture
def cut_pipe(pipe):
    """A named pipe whose reader leaves at once."""
    path, *_ = pipe
    threading.Thread(target=lambda: path.open("rb").close(), daemon=True).start()
    return path


def write_and_interrupt(sink, views, path):
    """Write the views, see that there is nothing at `path` yet, and leave the sink as Ctrl-C does."""
    with sink:
        for view in views:
            sink.write(view, view.frame.image)
        assert not path.exists()
        raise KeyboardInterrupt


def noise(index):
    """A view whose picture cannot be compressed."""
    image = np.random.default_rng(index).integers(0, 255, (240, 320, 3), np.uint8)
    return View(Frame(image, index, index / 10, "door"), sv.Detections.empty(), detected=True)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".MP4"])
def test_a_video_is_h264_with_every_frame_at_its_rate(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    write_all(VideoSink(path, fps=25), [make_view(index, index / 25) for index in range(10)])
    with av.open(path) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 25)
    frames = list(open_source(str(path)))
    assert order(frames) == list(range(10))
    assert [frame.t for frame in frames] == pytest.approx([index / 25 for index in range(10)], abs=0.001)
    assert list(tmp_path.iterdir()) == [path]


def test_frames_keep_their_uneven_times(tmp_path):
    times = [5.0, 5.04, 5.5, 8.0]
    write_all(VideoSink(tmp_path / "out.mp4"), [make_view(index, t) for index, t in enumerate(times)])
    assert [f.t for f in open_source(str(tmp_path / "out.mp4"))] == pytest.approx([0.0, 0.04, 0.5, 3.0], abs=0.001)


def test_frames_of_the_same_moment_are_all_kept(tmp_path):
    write_all(VideoSink(tmp_path / "out.mp4"), [make_view(index, 1.0) for index in range(3)])
    assert len(list(open_source(str(tmp_path / "out.mp4")))) == 3


@pytest.mark.parametrize(
    ("size", "even"), [((63, 47), (64, 48)), ((1, 1), (2, 2)), ((64, 48), (64, 48)), ((5000, 20), (3840, 16))]
)
def test_any_size_becomes_one_that_players_take(tmp_path, size, even):
    write_all(VideoSink(tmp_path / "out.mp4"), [make_view(3, size=size)])
    (frame,) = open_source(str(tmp_path / "out.mp4"))
    assert frame.image.shape[1::-1] == even


def test_a_size_that_changes_is_put_into_the_first(tmp_path):
    views = [make_view(5, 0.0, size=(64, 48)), make_view(5, 0.1, size=(48, 96))]
    write_all(VideoSink(tmp_path / "out.mp4"), views)
    first, second = open_source(str(tmp_path / "out.mp4"))
    assert first.image.shape == second.image.shape == (48, 64, 3)
    assert second.image[:, 32].mean() == pytest.approx(grey(5), abs=6)
    assert second.image[:, :16].mean() < 10


def test_an_interrupted_video_plays(tmp_path):
    path = tmp_path / "out.mp4"
    with pytest.raises(KeyboardInterrupt):
        write_and_interrupt(VideoSink(path), [make_view(index, index / 25) for index in range(7)], path)
    assert order(list(open_source(str(path)))) == list(range(7))


def test_an_earlier_video_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"earlier")
    with VideoSink(path) as sink:
        sink.write(make_view(), picture(0))
        assert path.read_bytes() == b"earlier"
    assert path.read_bytes() != b"earlier"


def test_a_cameras_video_comes_in_pieces_that_play_and_an_earlier_one_is_kept(tmp_path):
    (tmp_path / "out.mp4").write_bytes(b"earlier")
    write_all(CameraVideo(tmp_path / "out.mp4", fps=10, full=1_000_000), map(noise, range(60)))
    last, *before = [
        tmp_path / "out.mp4",
        *(tmp_path / f"out.{age}.mp4" for age in range(1, len(list(tmp_path.iterdir())))),
    ]
    assert before.pop().read_bytes() == b"earlier"
    frames = [list(open_source(str(piece))) for piece in (last, *before)]
    assert len(frames) > 1
    assert sum(map(len, frames)) == 60


def test_a_cameras_video_goes_into_a_pipe_which_stays_one(pipe):
    path, reader, read = pipe
    reader.start()
    write_all(CameraVideo(path, full=1), map(make_view, range(3)))
    assert path.is_fifo()
    assert read()


def test_no_frame_makes_no_video(tmp_path):
    write_all(VideoSink(tmp_path / "out.mp4"), [])
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_and_what_was_written_plays(tmp_path):
    path = tmp_path / "out.mp4"
    with no_room_beyond(1_500_000), pytest.raises(StreamError, match=r"written before plays: .*out\.mp4\.part"):
        write_all(VideoSink(path, fps=10), map(noise, range(200)))
    assert not path.exists()
    assert len(list(open_source(str(tmp_path / "out.mp4.part")))) >= 20


def test_a_disk_that_fills_at_the_very_end_is_an_error(tmp_path):
    with no_room_beyond(1000), pytest.raises(StreamError, match="make room"):
        write_all(VideoSink(tmp_path / "out.mp4"), [make_view(index, index / 10) for index in range(5)])
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize("name", ["out.avi", "out", "mp4"])
def test_an_unknown_kind_of_video_is_refused_at_the_start(tmp_path, name):
    with pytest.raises(StreamError, match=r"must end in \.mp4 or \.mkv"):
        VideoSink(tmp_path / name)


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


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_log_has_one_object_per_frame_and_nothing_else(tmp_path):
    path = tmp_path / "log.jsonl"
    write_all(JsonLog(path), [make_view(0, 0.0, faces=make_faces(["Zoë 🙂", None])), make_view(1, 1 / 30)])
    first, second = lines(path)
    assert first == {
        "frame": 0,
        "t": 0.0,
        "camera": "door",
        "detected": True,
        "faces": [
            {
                "track": 1,
                "box": [0.0, 5.0, 8.0, 15.12],
                "score": 0.9,
                "landmarks": [[7.5, 7.5]] * 5,
                "name": "Zoë 🙂",
                "state": "named",
                "similarity": 0.5,
                "refused": None,
            },
            {
                "track": 2,
                "box": [10.0, 5.0, 18.0, 15.12],
                "score": 0.9,
                "landmarks": None,
                "name": None,
                "state": "unknown",
                "similarity": None,
                "refused": "too small",
            },
        ],
    }
    assert second == {"frame": 1, "t": 0.033333, "camera": "door", "detected": True, "faces": []}


def test_a_cameras_frames_have_an_age():
    assert log_entry(make_view(arrived=12.0), now=12.05)["age"] == 0.05
    assert "age" not in log_entry(make_view(), now=12.05)


def test_a_recordings_log_appears_when_the_run_ends_also_by_an_interrupt(tmp_path):
    path = tmp_path / "log.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_and_interrupt(JsonLog(path), [make_view()], path)
    assert len(lines(path)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_cameras_log_grows_where_it_is_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "log.jsonl"
    for run in range(2):
        with JsonLog(path, live=True, clock=lambda: 2.0) as log:
            for index in range(2):
                log.write(make_view(index, arrived=1.5), picture(index))
                assert len(lines(path)) == 2 * run + index + 1
    assert lines(path)[0]["age"] == 0.5


@pytest.mark.parametrize("live", [False, True])
def test_a_full_disk_leaves_whole_lines(tmp_path, live):
    path = tmp_path / "log.jsonl"
    with no_room_beyond(1000), pytest.raises(StreamError, match="make room"):
        write_all(JsonLog(path, live), map(make_view, range(100)))
    assert [line["frame"] for line in lines(path)] == list(range(len(lines(path))))
    assert len(lines(path)) > 5


def test_the_log_may_be_standard_output(capsysbinary):
    write_all(JsonLog("-"), [make_view()])
    assert json.loads(capsysbinary.readouterr().out)["frame"] == 0


def test_standard_output_that_nobody_reads_any_more_is_an_error(monkeypatch):
    class Closed(io.BytesIO):
        def write(self, data):
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", type("Output", (), {"buffer": Closed()}))
    with pytest.raises(StreamError, match="Standard output cannot be written"):
        write_all(JsonLog("-"), [make_view()])


def test_a_camera_name_that_is_no_text_stays_valid_json(tmp_path):
    write_all(JsonLog(tmp_path / "log"), [make_view(camera="caf\udce9")])
    assert lines(tmp_path / "log")[0]["camera"] == "caf\udce9"


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "face.png"
    with no_room_beyond(100), pytest.raises(StreamError, match="make room"):
        write_whole(path, bytes(200))
    assert list(tmp_path.iterdir()) == []
    write_whole(path, b"whole")
    assert path.read_bytes() == b"whole"


def test_a_killed_run_leaves_a_video_that_plays(tmp_path):
    """Not even a power cut takes what was recorded before the last seconds."""
    script = (
        "import os, pathlib; from stream.sinks.video import VideoSink; from tests.clips import make_view, picture\n"
        "sink = VideoSink(pathlib.Path('out.mp4'), fps=25).__enter__()\n"
        "for i in range(400): sink.write(make_view(i, i / 25), picture(i))\n"
        "os._exit(1)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=False)
    assert len(list(open_source(str(tmp_path / "out.mp4.part")))) >= 100


@pytest.mark.parametrize(("size", "standard"), [((1280, 720), 1), ((640, 480), 6)])  # BT.709, BT.601
def test_a_video_says_which_colours_it_has_and_has_them(tmp_path, size, standard):
    image = np.full((size[1], size[0], 3), (30, 200, 90), np.uint8)
    views = [View(Frame(image, index, index / 25, "door"), sv.Detections.empty(), detected=True) for index in range(3)]
    write_all(VideoSink(tmp_path / "out.mp4"), views)
    with av.open(tmp_path / "out.mp4") as file:
        told = file.streams.video[0].codec_context
        assert {told.colorspace, told.color_primaries, told.color_trc} == {standard}
        shown = next(file.decode(video=0)).to_ndarray(format="bgr24").mean(axis=(0, 1))
    assert shown == pytest.approx((30, 200, 90), abs=5)


@pytest.mark.parametrize("begin", [0, 3])
@pytest.mark.parametrize(("suffix", "to"), [(".mp4", ".mp4"), (".mkv", ".mp4"), (".mp4", ".mkv")])
def test_a_recordings_sound_is_kept_in_time(tmp_path, suffix, to, begin):
    clip = make_clip(
        tmp_path / f"clip{suffix}", times=[begin + index / 25 for index in range(50)], sound=(0, begin + 4)
    )
    source = VideoFile(clip, "clip")
    views = [View(frame, sv.Detections.empty(), detected=True) for frame in source]
    write_all(VideoSink(tmp_path / f"out{to}", source.fps, source.path), views)
    with av.open(tmp_path / f"out{to}") as file:
        times = [packet.pts * packet.time_base for packet in file.demux(audio=0) if packet.pts is not None]
    assert 0 <= times[0] < 0.05
    assert times[-1] == pytest.approx(2, abs=0.1)  # as long as the pictures
    assert len(list(VideoFile(tmp_path / f"out{to}", "out"))) == 50


def test_a_recording_without_sound_has_none(tmp_path):
    source = VideoFile(make_clip(tmp_path / "clip.mp4"), "clip")
    views = [View(frame, sv.Detections.empty(), detected=True) for frame in source]
    write_all(VideoSink(tmp_path / "out.mp4", source.fps, source.path), views)
    with av.open(tmp_path / "out.mp4") as file:
        assert not file.streams.audio

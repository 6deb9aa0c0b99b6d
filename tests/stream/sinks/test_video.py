"""Labelled videos."""

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import supervision as sv

from stream.errors import StreamError
from stream.files import unwritable
from stream.frame import Frame, View
from stream.sinks import video as module
from stream.sinks.video import CameraVideo, VideoSink
from stream.sources.recording import VideoFile
from stream.sources.source import open_source
from tests.clips import grey, make_clip, make_view, order, picture, write_all
from tests.stream.sinks.writing import no_room_beyond, write_and_interrupt


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


@pytest.mark.parametrize("sink", [VideoSink, CameraVideo])
def test_a_video_that_is_being_written_is_not_lost_to_another_of_its_name(tmp_path, sink):
    path = tmp_path / "out.mp4"
    with sink(path) as ours:
        ours.write(make_view(1), picture(1))
        with pytest.raises(StreamError, match=r"out\.mp4 is being written already"), sink(path):
            pass
        ours.write(make_view(2, 0.1), picture(2))
    assert order(open_source(str(path))) == [1, 2]
    assert list(tmp_path.iterdir()) == [path]


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


def test_where_no_further_piece_can_be_begun_that_is_an_error_and_the_one_before_is_whole(tmp_path, monkeypatch):
    def begin_nothing(path: Path) -> Path:
        raise unwritable(path, OSError(28, "No space left on device"))

    def views():
        monkeypatch.setattr(module, "begin", begin_nothing)
        yield make_view()

    with pytest.raises(StreamError, match="make room"):
        write_all(CameraVideo(tmp_path / "out.mp4", full=0), views())
    assert len(list(open_source(str(tmp_path / "out.mp4")))) == 1


def test_a_cameras_video_of_which_the_file_is_taken_away_is_an_error(tmp_path):
    def views():
        (tmp_path / "out.mp4.part").unlink()
        yield make_view()

    with pytest.raises(StreamError, match="No such file"):
        write_all(CameraVideo(tmp_path / "out.mp4"), views())


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


def test_a_recording_that_is_gone_by_then_costs_its_sound_alone(tmp_path, caplog):
    source = VideoFile(make_clip(tmp_path / "clip.mp4"), "clip")
    views = [View(frame, sv.Detections.empty(), detected=True) for frame in source]
    source.path.unlink()
    write_all(VideoSink(tmp_path / "out.mp4", source.fps, source.path), views)
    assert len(list(VideoFile(tmp_path / "out.mp4", "out"))) == len(views)
    assert "without the sound of" in caplog.text

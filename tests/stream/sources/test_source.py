import threading
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from stream.errors import CameraError, SourceError
from stream.sources.address import is_url
from stream.sources.cameras.camera import Camera
from stream.sources.recording import Pictures, Timeline, VideoFile
from stream.sources.source import frames_of, open_source
from tests.cameras import FakeCapture, held_back
from tests.clips import make_clip, order, picture


def test_a_video_gives_every_frame_in_order_at_its_own_time(tmp_path):
    source = open_source(str(make_clip(tmp_path / "door.mp4", count=10, fps=25)))
    frames = list(source)
    assert order(frames) == list(range(10))
    assert [frame.index for frame in frames] == list(range(10))
    assert [frame.t for frame in frames] == pytest.approx([index / 25 for index in range(10)])
    assert (source.name, source.live, source.fps, source.frames, source.problem) == ("door", False, 25.0, 10, None)
    assert frames[0].camera == "door"
    assert frames[0].arrived is None
    assert frames[0].image.flags.c_contiguous


def test_a_video_can_be_read_again_from_its_start(tmp_path):
    source = open_source(str(make_clip(tmp_path / "door.mp4")))
    assert order(list(source)) == order(list(source)) == list(range(10))


def test_frames_that_come_at_uneven_times_keep_them(tmp_path):
    times = [0.0, 0.04, 0.5, 0.54, 2.0]
    source = open_source(str(make_clip(tmp_path / "uneven.mkv", count=5, times=times)))
    assert [frame.t for frame in source] == pytest.approx(times, abs=0.001)


def test_a_video_that_does_not_start_at_zero_is_moved_there(tmp_path):
    source = open_source(str(make_clip(tmp_path / "late.mkv", count=3, times=[7.0, 7.1, 7.2])))
    assert [frame.t for frame in source] == pytest.approx([0.0, 0.1, 0.2], abs=0.001)


@pytest.mark.parametrize(
    ("presented", "expected"),
    [
        ([5.0, 5.1, 5.2], [0.0, 0.1, 0.2]),
        ([None, None, None], [0.0, 0.04, 0.08]),
        ([0.0, None, 0.1], [0.0, 0.04, 0.1]),
        ([0.0, 0.1, 0.0, 0.1], [0.0, 0.1, 0.14, 0.24]),  # two recordings put together
        ([0.0, 0.1, 95443.7, 95443.8], [0.0, 0.1, 0.14, 0.24]),  # a counter that ran over
        ([0.0, 0.0], [0.0, 0.04]),
        ([0.0, 600.0], [0.0, 600.0]),  # a recorder that stores movement only
    ],
)
def test_time_rises_from_zero_whatever_the_file_says(presented, expected):
    timeline = Timeline(step=0.04)
    assert [timeline.at(time) for time in presented] == pytest.approx(expected)


def test_a_video_filmed_upright_is_upright(tmp_path):
    (first, *_) = open_source(str(make_clip(tmp_path / "phone.mp4", size=(64, 48), turned=90)))
    assert first.image.shape == (64, 48, 3)


@pytest.mark.parametrize(("turned", "corner"), [(90, "bottom left"), (-90, "top right"), (180, "bottom right")])
def test_rotation_turns_the_way_the_file_means(tmp_path, turned, corner, monkeypatch):
    """Degrees counter-clockwise, as players show it: a mark in the stored top left corner moves along."""
    marked = np.zeros((48, 64, 3), np.uint8)
    marked[:16, :16] = 255
    monkeypatch.setattr("tests.clips.picture", lambda index, size: marked)
    (first, *_) = open_source(str(make_clip(tmp_path / "phone.mp4", count=1, turned=turned)))
    rows, columns = first.image.shape[:2]
    corners = {
        "top right": first.image[:16, columns - 16 :],
        "bottom left": first.image[rows - 16 :, :16],
        "bottom right": first.image[rows - 16 :, columns - 16 :],
    }
    assert max(corners, key=lambda name: corners[name].mean()) == corner


# Where a picture's corner marks (a, b over c, d) are shown, by the first four numbers of its display matrix.
POSITIONS = {
    (1, 0, 0, 1): "ab/cd",
    (-1, 0, 0, 1): "ba/dc",
    (1, 0, 0, -1): "cd/ab",
    (-1, 0, 0, -1): "dc/ba",
    (0, 1, 1, 0): "ac/bd",
    (0, 1, -1, 0): "ca/db",
    (0, -1, 1, 0): "bd/ac",
    (0, -1, -1, 0): "db/ca",
    (0.9, 0.4, -0.4, 0.9): "ab/cd",  # odd angles, as editors write them
    (0.4, 0.9, -0.9, 0.4): "ca/db",
}


ANY_ANGLE = {".mp4": True, ".mkv": False}  # whether FFmpeg writes odd ones into such files


@pytest.mark.parametrize(
    ("suffix", "numbers", "shown"),
    [
        (suffix, numbers, shown)
        for suffix, any_angle in ANY_ANGLE.items()
        for numbers, shown in POSITIONS.items()
        if any_angle or set(numbers) <= {0, 1, -1}
    ],
)
def test_all_eight_positions_are_shown_as_the_file_means(tmp_path, numbers, shown, suffix, monkeypatch):
    marked = np.zeros((48, 64, 3), np.uint8)
    marked[:24, :32], marked[:24, 32:], marked[24:, :32], marked[24:, 32:] = 40, 100, 160, 220
    monkeypatch.setattr("tests.clips.picture", lambda index, size: marked)
    (first, *_) = open_source(str(make_clip(tmp_path / f"phone{suffix}", count=1, matrix=numbers)))
    height, width = first.image.shape[:2]
    assert (width > height) == (shown[0] + shown[1] in ("ab", "ba", "cd", "dc"))
    corners = first.image[height // 4 :: height // 2, width // 4 :: width // 2, 0]
    letters = np.array(list("abcd"))[((corners.astype(int) - 40) / 60).round().astype(int)]
    assert "/".join("".join(row) for row in letters) == shown


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(16, 11), (102, 72)),  # 704 x 576 as wide as 16:9 is
        (Fraction(12, 11), (76, 72)),
        (Fraction(10, 11), (70, 79)),  # higher than wide: nothing is lost
        (Fraction(2, 1), (140, 72)),
        (Fraction(1, 2), (70, 144)),
        (Fraction(1, 1), (70, 72)),
        (Fraction(1000, 1), (70, 72)),  # a damaged header
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_pixels_become_square(tmp_path, aspect, size, suffix):
    (first, *_) = open_source(str(make_clip(tmp_path / f"d1{suffix}", count=25, size=(70, 72), aspect=aspect)))
    assert first.image.shape == (size[1], size[0], 3)
    assert first.stretch == pytest.approx((size[0] / 70, size[1] / 72), rel=0.02)


def test_a_camera_on_its_side_has_square_pixels_too(tmp_path):
    clip = make_clip(tmp_path / "d1.mp4", count=1, size=(70, 72), aspect=Fraction(2, 1), turned=90)
    (first, *_) = open_source(str(clip))
    assert first.image.shape == (140, 72, 3)
    assert first.stretch == (1.0, 2.0)


def test_a_shape_of_pixels_that_changes_midway_is_followed(tmp_path):
    parts = [
        make_clip(tmp_path / f"{number}.ts", count=5, size=(64, 48), aspect=aspect).read_bytes()
        for number, aspect in enumerate((Fraction(1), Fraction(2)))
    ]
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(parts))
    widths = [frame.image.shape[1] for frame in open_source(str(both))]
    assert sorted(widths) == widths
    assert set(widths) == {64, 128}


def test_of_two_videos_in_a_file_the_larger_is_read_and_that_is_told(tmp_path, caplog):
    with av.open(tmp_path / "two.mkv", "w") as file:
        streams = [file.add_stream("libx264", rate=25) for _ in range(2)]
        for stream, (stream.width, stream.height) in zip(streams, ((64, 48), (160, 96)), strict=True):
            stream.pix_fmt = "yuv420p"
        for stream in streams:
            image = picture(3, (stream.width, stream.height))
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
            file.mux(stream.encode(None))
    (frame,) = open_source(str(tmp_path / "two.mkv"))
    assert frame.image.shape == (96, 160, 3)
    assert caplog.text.count("holds 2 videos: the largest, 160 x 96, is read") == 1


def test_a_size_that_changes_midway_is_followed(tmp_path):
    small = make_clip(tmp_path / "small.ts", count=5, size=(64, 48))
    large = make_clip(tmp_path / "large.ts", count=5, size=(96, 64))
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    frames = list(open_source(str(both)))
    assert [frame.image.shape[:2] for frame in frames] == [(48, 64)] * 5 + [(64, 96)] * 5
    times = [frame.t for frame in frames]
    assert times == sorted(set(times))


def test_close_ends_a_recording_which_can_be_read_again(tmp_path):
    source = open_source(str(make_clip(tmp_path / "door.mp4")))
    seen = []
    for frame in source:
        seen.append(frame)
        if frame.index == 3:
            source.close()
    assert order(seen) == [0, 1, 2, 3]
    assert order(source)[:5] == [0, 1, 2, 3, 4]


def test_a_camera_that_gives_no_picture_any_more_is_waited_for_only_for_so_long():
    may_end = threading.Semaphore(0)
    frames = frames_of(Camera("door", lambda: FakeCapture(picture(0), held_back(may_end, 1))), 1.5)
    assert order([next(frames)]) == [0]
    with pytest.raises(SourceError, match=r"door gave no picture within 1\.5 seconds"):
        next(frames)
    may_end.release()


def test_a_recording_ends_with_its_last_picture(tmp_path):
    assert order(frames_of(open_source(str(make_clip(tmp_path / "door.mp4", 3))), 60.0)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CameraError("door cannot be reached: check the address."), "door cannot be reached: check the address."),
        (None, "door gave no picture within 1.5 seconds: check that it is on."),
    ],
)
def test_a_camera_of_which_no_picture_comes_is_not_waited_for_longer(error, told):
    may_end = threading.Semaphore(0)

    def connect():
        if error is not None:
            raise error
        return FakeCapture(held_back(may_end, 0))

    with pytest.raises(SourceError) as caught:
        next(frames_of(Camera("door", connect), 1.5))
    may_end.release()
    assert str(caught.value) == told


def test_a_picture_is_one_frame(tmp_path):
    cv2.imwrite(str(tmp_path / "face.PNG"), picture(3))
    source = open_source(str(tmp_path / "face.PNG"))
    (frame,) = source
    assert (source.frames, frame.index, frame.t, frame.camera) == (1, 0, 0.0, "face")
    assert order([frame]) == [3]


def test_a_folder_gives_its_pictures_by_name_and_skips_what_is_none(tmp_path):
    for index in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f"{index}.png"), picture(index))
    (tmp_path / "3.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("not a picture's name")
    source = open_source(str(tmp_path))
    frames = list(source)
    assert order(frames) == [0, 1, 2]
    assert [frame.t for frame in frames] == [0.0, 1.0, 2.0]
    assert source.name == tmp_path.name
    assert source.problem.startswith("1 of 4 pictures could not be read")


def test_a_picture_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "zero.jpg").touch()
    with pytest.raises(SourceError, match="is empty"):
        list(open_source(str(tmp_path / "zero.jpg")))


def test_a_folder_without_pictures_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="holds no pictures"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("text", ["", "door="])
def test_an_empty_text_is_not_the_folder_in_which_one_is(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("private.png", picture(0))
    with pytest.raises(SourceError, match="A source is empty"):
        open_source(text)


def test_an_unknown_kind_of_address_is_refused():
    assert is_url("https://cam/video")
    with pytest.raises(SourceError, match="ftp:// are not read"):
        open_source("ftp://cam/video")


def test_kinds_are_told_apart(tmp_path, monkeypatch):
    clip = make_clip(tmp_path / "door.mp4")
    cv2.imwrite(str(tmp_path / "face.jpg"), picture(0))
    monkeypatch.chdir(tmp_path)
    Path("7").mkdir()
    cv2.imwrite("7/face.png", picture(0))
    kinds = {"0": Camera, "rtsp://cam/x": Camera, str(clip): VideoFile, "face.jpg": Pictures, "7": Pictures}
    for text, kind in kinds.items():
        assert type(open_source(text)) is kind
    assert type(open_source(str(clip), realtime=True)) is Camera

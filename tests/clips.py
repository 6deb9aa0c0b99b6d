"""Tiny videos, frames and views for tests; frame `i` of a clip is a plain grey of level `grey(i)`."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import supervision as sv
from av.container import OutputContainer
from numpy.typing import NDArray

from models.analysis import Face
from stream.frame import Frame, View
from stream.sinks.sink import Notes, Sink, hand

TICKS = 1000


def grey(index: int) -> int:
    return 20 + 20 * (index % 10)


def picture(index: int, size: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """Size is width, height."""
    return np.full((size[1], size[0], 3), grey(index), np.uint8)


def make_clip(
    path: Path,
    count: int = 10,
    fps: int = 25,
    size: tuple[int, int] = (64, 48),
    times: Sequence[float] | None = None,
    turned: int = 0,
    options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    matrix: tuple[float, float, float, float] | None = None,
    sound: tuple[float, float] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A clip in H.264 (VP9 in a .webm).

    Args:
        times: the frames' own seconds, as many as there are.
        turned: its rotation in degrees.
        aspect: a pixel's width over its height.
        matrix: the first two numbers of each of the first two rows of its display matrix.
        sound: from when to when in seconds there is any.
        metadata: what its container says of itself.
    """
    count = len(times) if times is not None else count
    with av.open(path, "w", container_options=options or {}) as file:
        file.metadata.update(metadata or {})
        stream = file.add_stream("libvpx-vp9" if path.suffix == ".webm" else "libx264", rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.gop_size = 5
        if times is not None:
            stream.codec_context.time_base = Fraction(1, TICKS)
        if turned:
            stream.set_display_rotation(turned)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if matrix:
            a, b, c, d = (round(number * 2**16) for number in matrix)
            stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 2**30])
        if sound:
            _add_sound(file, *sound)
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(picture(index, size), format="bgr24")
            frame.time_base = Fraction(1, fps) if times is None else Fraction(1, TICKS)
            frame.pts = index if times is None else round(times[index] * TICKS)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def _add_sound(file: OutputContainer, begin: float, end: float) -> None:
    stream = file.add_stream("libopus", rate=48000)
    for start in range(round(begin * 48000), round(end * 48000), 960):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def order(frames: Sequence[Frame]) -> list[int]:
    """Which clip frames these are, by their grey."""
    return [round((float(frame.image.mean()) - 20) / 20) for frame in frames]


def make_view(
    index: int = 0,
    t: float = 0.0,
    size: tuple[int, int] = (64, 48),
    camera: str = "door",
    arrived: float | None = None,
    faces: sv.Detections | None = None,
    shot: int = 0,
    looks: Mapping[int, tuple[Face, ...]] | None = None,
) -> View:
    frame = Frame(picture(index, size), index, t, camera, arrived)
    return View(frame, sv.Detections.empty() if faces is None else faces, detected=True, shot=shot, looks=looks or {})


def make_faces(names: Sequence[str | None], similarity: float = 0.5) -> sv.Detections:
    """One face per name; those without are unknown and have neither landmarks nor similarity."""
    known = np.array([name is not None for name in names])
    return sv.Detections(
        xyxy=np.array([[10 * i, 5, 10 * i + 8, 15.123] for i in range(len(names))], np.float32),
        confidence=np.full(len(names), 0.9, np.float32),
        tracker_id=np.arange(1, len(names) + 1),
        data={
            "landmarks": np.where(known[:, None, None], np.full((len(names), 5, 2), 7.5), np.nan).astype(np.float32),
            "name": np.array(names, object),
            "state": np.where(known, "named", "unknown").astype(object),
            "similarity": np.where(known, similarity, np.nan).astype(np.float32),
            "refused": np.array([None if name else "too small" for name in names], object),
        },
    )


def write_all(sink: Sink | Notes, views: Iterable[View]) -> None:
    """Hand a sink the views with their own pictures, then leave it."""
    with sink:
        for view in views:
            hand(sink, view, lambda: view.frame.image)  # noqa: B023 - asked for at once

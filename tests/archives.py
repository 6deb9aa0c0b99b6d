"""Recordings to be watched chunk by chunk, and how near what is seen in them comes to what is to be seen."""

from bisect import bisect_left
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av

from db import Sighting
from stream.cli.demo import CLIP

FPS = 8
DETECTOR = ("--detector", "yolov5n-face")


def loop(path: Path, seconds: int, fps: int) -> Path:
    """The demo clip again and again, with a key frame every second."""
    with av.open(CLIP) as file:
        pictures = [(frame.time or 0.0, frame.to_ndarray(format="bgr24")) for frame in file.decode(video=0)]
    times = [t - pictures[0][0] for t, _ in pictures]
    with av.open(path, "w") as file:
        stream = file.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.gop_size, stream.pix_fmt = 640, 360, fps, "yuv420p"
        for index in range(seconds * fps):
            _, image = pictures[bisect_left(times, index / fps % times[-1])]
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def nearest(wanted: Sighting, found: list[Sighting]) -> list[float]:
    """By how many seconds beginning and end differ from those of the sighting of the same person that fits best."""

    def off(first: datetime, second: datetime) -> float:
        return abs((first - second).total_seconds())

    pairs = [
        [off(one.first_seen, wanted.first_seen), off(one.last_seen, wanted.last_seen)]
        for one in found
        if one.person == wanted.person
    ]
    return min(pairs, key=sum)

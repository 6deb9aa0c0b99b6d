"""A camera for a long time: does anything grow?

    python -m tests.bench.soak --frames 100000

Everything runs as with a real camera: its reader, the workers' threads, optical flow, tracker, log, events and figures;
only the networks are stand-ins, which know at once where the faces are and whose. People come, stay, are named and
leave; the camera is lost now and then. The numbers are Linux's own.
"""

import gc
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import supervision as sv
import typer
from numpy.typing import NDArray

from db import Database, NewSample
from models.analysis import Face
from stream.errors import CameraError
from stream.events.event import Event
from stream.monitoring.metrics import Metrics
from stream.recognizer import Recognizer
from stream.sources.cameras.camera import Camera
from stream.sources.decoding import LazyPicture
from tests.bench.common import Row, Skipped, report, run
from tests.fakes import unit

WIDTH, HEIGHT, FPS = 320, 180, 30.0
PLACES = 4  # where faces appear: those at the first two are of people in the gallery
STAY = 200  # frames that a face stays; then its place is empty for as many
LOST_AFTER = 5000  # frames from one loss of the camera to the next
PATIENCE = 10.0  # seconds
SIDE = 40  # pixels of a face
WALL = 90  # its grey level
APART = 75  # pixels from one place to the next

Image = NDArray[np.uint8]


class Scene:
    """Pictures of a bare wall, and the faces in each."""

    def __init__(self) -> None:
        texture = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
        self._skin = cv2.resize(texture, (SIDE, SIDE))  # something that flow can hold on to

    def picture(self, number: int) -> Image:
        image = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
        for box in self.boxes(number):
            x, y = box[:2].astype(int)
            image[y : y + SIDE, x : x + SIDE] = self._skin
        return image

    def boxes(self, number: int) -> NDArray[np.float32]:
        """(N, 4) xyxy in pixels."""
        there = [place for place in range(PLACES) if (number // STAY + place) % 2]
        corners = [(10 + APART * place + 8 * np.sin(number / 20), 60 + 20 * np.sin(number / 33)) for place in there]
        return np.array([(x, y, x + SIDE, y + SIDE) for x, y in corners], np.float32).reshape(-1, 4)


def faces_in(image: Image) -> NDArray[np.float32]:
    """(N, 4) xyxy in pixels: what stands out from the wall."""
    stats = cv2.connectedComponentsWithStats((image != WALL).any(axis=2).astype(np.uint8))[2][1:]
    return np.hstack([stats[:, :2], stats[:, :2] + stats[:, 2:4]]).astype(np.float32)


class Networks:
    """Stands in for the analyzer, its detector and its embedder."""

    threshold, scales, digest = 0.5, True, "0" * 64
    helpers = frozenset[int]()

    def __init__(self) -> None:
        self.detector = self.embedder = self

    def for_cameras(self) -> "Networks":
        return self

    def detect(self, image: Image, *_wishes: object) -> sv.Detections:
        boxes = faces_in(image)
        return sv.Detections(boxes, confidence=np.full(len(boxes), 0.9, np.float32))

    def look(self, image: Image, boxes: NDArray[np.float32], scores: list[float]) -> list[Face]:
        crop = np.zeros((112, 112, 3), np.uint8)
        return [
            Face(box, score, np.ones((5, 2), np.float32), crop, embedding(int(box[0] / APART)), 0.8, None)
            for box, score in zip(boxes, scores, strict=True)
        ]


def embedding(place: int) -> NDArray[np.float32]:
    return unit(*np.eye(PLACES)[min(place, PLACES - 1)])


class Capture:
    """Gives a picture, as if it were time for it, as soon as the last one was shown; is lost now and then.

    Args:
        numbers: of the pictures still to come.
        shown: released when a picture was shown.
        clock: goes on by one frame with each picture.
    """

    fps = FPS

    def __init__(self, scene: Scene, numbers: Iterator[int], shown: threading.Semaphore, clock: "Clock") -> None:
        self._scene, self._numbers, self._shown, self._clock = scene, numbers, shown, clock

    def read(self) -> LazyPicture | None:
        number = next(self._numbers, None)
        if number is None:
            return None
        if number % LOST_AFTER == LOST_AFTER - 1:
            raise CameraError("The camera is lost.")
        if not self._shown.acquire(timeout=PATIENCE):
            return None  # nobody looks any more
        self._clock.now += 1 / FPS
        return LazyPicture.of(self._scene.picture(number))

    def close(self) -> None:
        """There is nothing to close."""


class Clock:
    """Seconds as the pictures tell them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def soak(frames: int, every: int) -> Iterator[Row]:
    """Watch so many frames, and tell the state after every so many of them."""
    scene, shown, numbers, clock = Scene(), threading.Semaphore(1), iter(range(frames)), Clock()
    events, metrics = Counter[str](), Metrics(clock)
    camera = Camera("soak", lambda: Capture(scene, numbers, shown, clock), clock=clock, sleep=lambda _: None)
    metrics.add_camera(camera)

    def tell(event: Event) -> None:
        events[event.event] += 1

    with TemporaryDirectory() as folder, Database.open(Path(folder) / "soak.db") as database:
        for place in range(2):
            sample = NewSample(embedding(place), Networks.digest, quality=0.8, source="soak", crop=b"\xff\xd8")
            database.add_samples(f"person {place}", [sample])
        recognizer = Recognizer(database, Networks(), 0.5)  # type: ignore[arg-type]
        began = time.monotonic()
        for count, view in enumerate(recognizer.watch(camera, tell=tell), start=1):
            metrics.shown(view)
            if count % every == 0:
                yield {
                    "frames": count,
                    "frames /s": count / (time.monotonic() - began),
                    **resources(),
                    "faces": len(view.faces),
                    "named": events["named"],
                    "left": events["left"],
                    "camera back": events["camera_back"],
                }
            shown.release()


def resources() -> Row:
    """What this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {
        "RSS MB": pages * os.sysconf("SC_PAGESIZE") / 1e6,
        "objects": len(gc.get_objects()),
        "threads": threading.active_count(),
        "open files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
    }


def main(frames: int = 20_000, intervals: int = 10) -> None:
    logging.getLogger("stream").setLevel(logging.ERROR)  # that a camera is lost is what we want here

    def bench() -> None:
        if not Path("/proc/self/statm").exists():
            raise Skipped("it asks Linux what the process holds")
        report("soak", "One camera for a long time", list(soak(frames, frames // intervals)))

    run(bench)


if __name__ == "__main__":
    typer.run(main)

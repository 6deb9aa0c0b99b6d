"""A pipeline of made-up faces."""

from collections.abc import Callable

import numpy as np
import supervision as sv

from db import Match, Person
from stream.frame import Frame, View
from stream.gallery.identity import Rule
from stream.gallery.judge import Judge
from stream.motion.shots import Shots
from stream.pipeline.bookkeeper import Bookkeeper
from stream.pipeline.pipeline import Pipeline
from stream.pipeline.schedule import BLIND, Schedule
from stream.pipeline.whereabouts import Whereabouts
from stream.pipeline.zones import WHOLE_PICTURE, Area, InZones
from tests.fakes import BOX, FakeDetector, FakeEmbedder, make_face, unit
from tracker import Tracker

ADA = Person(1, "Ada", None, 3)
NEVER_AT_ONCE = Rule(threshold=0.5, clear=1.0)  # no look alone is clear enough


FPS = 30
LEFT, RIGHT = BOX, (400.0, 50.0, 460.0, 120.0)
BESIDE = (125.0, 50.0, 185.0, 120.0)  # somebody steps in front of LEFT: less than half of the box is where it was


class Log:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, dict[int, str | None]]] = []
        self.pictures: list[np.ndarray] = []
        self.ended: list[str] = []
        self.retracted: list[int] = []

    def retract(self, track: int) -> None:
        self.retracted.append(track)

    def end(self, reason: str) -> None:
        self.ended.append(reason)

    def record(self, frame, tracks, identities) -> None:
        self.pictures.append(frame.image)
        self.seen.append((frame.t, {track.id: who.name for track, who in zip(tracks, identities, strict=True)}))


def make_pipeline(
    see: Callable[[Frame], sv.Detections],
    show=lambda track: make_face(unit(1, 0), box=track.box),
    is_cut=lambda image: False,
    delay: int = 0,
    schedule: Schedule = BLIND,
    area: Area = WHOLE_PICTURE,
    discreet: bool = False,
    hindsight: bool = False,
    bystanders: Tracker | None = None,
    rule: Rule = NEVER_AT_ONCE,
) -> Pipeline:
    detector = FakeDetector(see, delay)
    return Pipeline(
        detector if area is WHOLE_PICTURE else InZones(detector, {"door": area}),
        FakeEmbedder(show),
        Whereabouts(Tracker(), bystanders, hindsight),
        Judge(lambda queries: [[Match(ADA, float(query[0]))] for query in queries], lambda: rule),
        Bookkeeper(Log(), area=area, discreet=discreet),
        schedule,
        Shots(is_cut),
    )


def run(pipeline: Pipeline, count: int) -> list[View]:
    image = np.zeros((360, 640, 3), np.uint8)
    return [pipeline.step(Frame(image, index, index / FPS, "door")) for index in range(count)]

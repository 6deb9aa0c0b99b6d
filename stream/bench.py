"""How long each stage takes on this machine."""

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.analysis import Analyzer
from models.detector import Detector
from models.runtime import Network
from tracker import Tracker

SIZES = (320, 416, 512, 640)  # long sides of the detector's input, pixels


@dataclass(frozen=True, slots=True)
class Timing:
    """One stage: the median of its calls, and what it ran on."""

    stage: str
    milliseconds: float
    threads: int = 1
    provider: str = "CPU"


def benchmark(analyzer: Analyzer, rounds: int = 10) -> list[Timing]:
    """Times every stage on a 1280 x 720 frame of noise."""
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    crops = rng.integers(0, 256, (8, 112, 112, 3), dtype=np.uint8)
    boxes = np.array([[x, 300, x + 100, 420] for x in range(100, 1100, 200)], np.float32)
    finder, landmarker, embedder = analyzer.detector.network, analyzer.landmarker, analyzer.embedder
    tracker, moments = Tracker(), itertools.count(0.0, 1 / 30)
    stages: list[tuple[str, Callable[[], object], Network | None]] = [
        (f"find faces, long side {size} px", partial(Detector(finder, size=size).detect, frame), finder)
        for size in SIZES
    ]
    stages += [
        ("five points of one face", partial(landmarker.locate, frame, boxes[:1]), landmarker.network),
        ("embed one face", partial(embedder.embed, crops[:1]), embedder.network),
        ("embed eight faces", partial(embedder.embed, crops), embedder.network),
        ("track five faces", lambda: tracker.update(boxes, np.ones(5), next(moments)), None),
    ]
    return [_timed(stage, call, network, rounds) for stage, call, network in stages]


def _timed(stage: str, call: Callable[[], object], network: Network | None, rounds: int) -> Timing:
    call()  # the first call of a network allocates its memory
    milliseconds = statistics.median(_seconds(call) for _ in range(rounds)) * 1000
    if network is None:
        return Timing(stage, milliseconds)
    return Timing(stage, milliseconds, network.threads, network.providers[0].removesuffix("ExecutionProvider"))


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began

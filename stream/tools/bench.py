"""How long each stage takes on this machine."""

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.analysis import Analyzer
from models.detector import Detector
from models.manifest import ModelEntry
from models.runtime import Network
from stream.pipeline.schedule import Schedule
from stream.recognizer import Recognizer
from stream.sources.source import Source
from stream.watching.feed import Feed
from tracker import Tracker

SIZES = (320, 416, 512, 640)  # long sides of the detector's input, pixels
SEARCH = "find faces, long side {} px"
PACE = 200.0  # milliseconds: with five searches a second nobody who walks by is missed
SEARCHED = 10  # pictures from one search of a camera's to the next, as where several share a machine
WATCHED = 60.0  # seconds of a recording, at most
ALIKE = 0.01  # AP50: detectors that differ by less are as accurate as each other


@dataclass(frozen=True, slots=True)
class Timing:
    """One stage: the median of its calls, the network where there is one, and what it ran on; see also `camera`."""

    stage: str
    milliseconds: float
    network: str = ""
    threads: int = 1
    provider: str = "CPU"


def benchmark(analyzer: Analyzer, others: Sequence[Network] = (), rounds: int = 10) -> list[Timing]:
    """Times every stage on a 1280 x 720 frame of noise.

    Args:
        others: more detectors to compare.
    """
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    crops = rng.integers(0, 256, (8, 112, 112, 3), dtype=np.uint8)
    boxes = np.array([[x, 300, x + 100, 420] for x in range(100, 1100, 200)], np.float32)
    landmarker = analyzer.landmarker
    embedder = analyzer.embedder
    tracker = Tracker()
    moments = itertools.count(0.0, 1 / 30)
    stages: list[tuple[str, Callable[[], object], Network | None]] = [
        (SEARCH.format(size), partial(Detector(finder, size=size).detect, frame), finder)
        for finder in (analyzer.detector.network, *others)
        for size in SIZES
    ]
    stages += [
        ("five points of one face", partial(landmarker.locate, frame, boxes[:1]), landmarker.network),
        ("embed one face", partial(embedder.embed, crops[:1]), embedder.network),
        ("embed eight faces", partial(embedder.embed, crops), embedder.network),
        ("track five faces", lambda: tracker.update(boxes, np.ones(5), next(moments)), None),
    ]
    return [_timed(stage, call, network, rounds) for stage, call, network in stages]


def advice(
    timings: Sequence[Timing], detectors: Sequence[ModelEntry], swifter: Callable[[ModelEntry], ModelEntry]
) -> str:
    """Which detector suits cameras on this machine: the most accurate one that keeps pace, or the fastest.

    Of several that are about as accurate, that is the fastest.

    Args:
        swifter: tells what searches the pictures of cameras in the place of a detector.
    """
    milliseconds = {row.network: row.milliseconds for row in timings if row.stage == SEARCH.format(SIZES[-1])}
    used = {entry.name: swifter(entry) for entry in detectors}
    measured = [name for name, entry in used.items() if entry.name in milliseconds]
    swift = [name for name in measured if milliseconds[used[name].name] <= PACE]
    if swift:
        accuracy = {name: used[name].metrics.get("ap50", 0) for name in swift}
        accurate = [name for name in swift if accuracy[name] > max(accuracy.values()) - ALIKE]
        best = min(accurate, key=lambda name: milliseconds[used[name].name])
        reason = "the most accurate of those that search"
    else:
        best = min(measured, key=lambda name: milliseconds[used[name].name])
        reason = "the fastest, though none searches"
    twin = "" if used[best].name == best else f" (cameras get {used[best].name})"
    return f"For cameras, `--detector {best}`{twin} suits this machine: {reason} five times a second."


def camera(recognizer: Recognizer, source: Source) -> Timing:
    """What a second of a camera takes that shows what a recording shows, in milliseconds of a processor.

    Raises:
        StreamError: the recording cannot be read.
    """
    began = time.process_time()
    last = 0.0
    for view in recognizer.watch_all([Feed(source, Schedule(detect_every=SEARCHED), max_seconds=WATCHED)]):
        last = view.frame.t
    milliseconds = 1000 * (time.process_time() - began) / max(last, 1.0)
    network = recognizer.analyzer.detector.network
    return Timing(f"processor, for a second of {source.name}", milliseconds, network.entry.name, network.threads)


def room_for(watched: Timing) -> str:
    """How a cluster is told what a camera takes."""
    cpus = f"{watched.milliseconds / 1000:.2f}"
    return f"A camera like that takes {cpus} CPUs: `ray_cpus = {cpus}` in the settings file of `watch --ray` says so."


def _timed(stage: str, call: Callable[[], object], network: Network | None, rounds: int) -> Timing:
    call()  # the first call of a network allocates its memory
    milliseconds = statistics.median(_seconds(call) for _ in range(rounds)) * 1000
    if network is None:
        return Timing(stage, milliseconds)
    provider = network.providers[0].removesuffix("ExecutionProvider")
    return Timing(stage, milliseconds, network.entry.name, network.threads, provider)


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began

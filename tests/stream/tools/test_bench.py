from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.manifest import ModelEntry, ModelInput
from stream.tools.bench import SEARCH, SIZES, Timing, advice, benchmark, camera, room_for

INPUT = ModelInput(None, None, "rgb", (0, 0, 0), (255, 255, 255))


class FakeNetwork:
    """A detector's network that finds nothing, at once."""

    threads = 2
    providers = ("CPUExecutionProvider",)

    def __init__(self, name):
        self.entry = ModelEntry(name, "detection", Path(), "", INPUT)

    def run(self, batch):
        return [np.zeros((1, 5, 21), np.float32)]


def test_every_detector_is_timed_at_every_size_and_the_other_stages_once():
    part = SimpleNamespace(locate=lambda *_: None, embed=lambda _: None, network=FakeNetwork("other"))
    analyzer = SimpleNamespace(detector=SimpleNamespace(network=FakeNetwork("m")), landmarker=part, embedder=part)
    timings = benchmark(analyzer, [FakeNetwork("n")], rounds=1)
    searches = [(row.network, row.stage) for row in timings if row.stage.startswith("find")]
    assert searches == [(name, SEARCH.format(size)) for name in "mn" for size in SIZES]
    assert [row.stage for row in timings if row.network == ""] == ["track five faces"]
    assert len(timings) == 2 * len(SIZES) + 4
    assert (timings[0].threads, timings[0].provider) == (2, "CPU")


@pytest.mark.parametrize(
    ("milliseconds", "chosen", "reason"),
    [
        ({"m": 190, "n": 40}, "m", "the most accurate"),
        ({"m": 210, "n": 40}, "n", "the most accurate"),
        ({"m": 900, "n": 300}, "n", "the fastest, though none"),
    ],
)
def test_the_most_accurate_detector_that_keeps_pace_is_advised(milliseconds, chosen, reason):
    entries = [
        ModelEntry(name, "detection", Path(), "", INPUT, metrics={"ap50": precision})
        for name, precision in (("n", 0.85), ("m", 0.9), ("not timed", 1.0))
    ]
    timings = [Timing(SEARCH.format(640), value, name) for name, value in milliseconds.items()]
    timings += [Timing(SEARCH.format(320), 1.0, "m")]
    told = advice(timings, entries, lambda entry: entry)
    assert f"`--detector {chosen}` suits" in told
    assert reason in told


def test_of_detectors_that_are_as_accurate_as_each_other_the_fastest_is_advised():
    entries = [
        ModelEntry(name, "detection", Path(), "", INPUT, metrics={"ap50": precision})
        for name, precision in (("m", 0.9), ("n", 0.898))
    ]
    timings = [Timing(SEARCH.format(640), value, name) for name, value in (("m", 190), ("n", 40))]
    assert "`--detector n` suits" in advice(timings, entries, lambda entry: entry)


def test_a_detector_whose_twin_cameras_get_is_as_swift_and_accurate_as_that():
    entries = _, m, twin = [
        ModelEntry(name, "detection", Path(), "", INPUT, metrics={"ap50": precision})
        for name, precision in (("n", 0.85), ("m", 0.9), ("m-int8", 0.89))
    ]
    timings = [Timing(SEARCH.format(640), value, name) for name, value in (("n", 50), ("m", 400), ("m-int8", 190))]
    told = advice(timings, entries, lambda entry: twin if entry is m else entry)
    assert "`--detector m` (cameras get m-int8) suits" in told
    assert "the most accurate" in told


class Watching:
    """It needs half a second of a processor for two seconds of a recording."""

    analyzer = SimpleNamespace(detector=SimpleNamespace(network=FakeNetwork("n")))
    used = 7.0

    def watch_all(self, feeds):
        assert len(feeds) == 1
        for t in (0.0, 1.0, 2.0):
            self.used += 1 / 6
            yield SimpleNamespace(frame=SimpleNamespace(t=t))


def test_what_a_camera_takes_is_told_to_a_cluster(monkeypatch):
    watching = Watching()
    monkeypatch.setattr("stream.tools.bench.time.process_time", lambda: watching.used)
    watched = camera(watching, SimpleNamespace(name="door", live=False))
    assert watched.stage == "processor, for a second of door"
    assert round(watched.milliseconds) == 250
    assert "takes 0.25 CPUs: `ray_cpus = 0.25`" in room_for(watched)

"""What the benches make of what they see."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("trackeval", reason="needs the extra eval")

from tests.bench import common
from tests.bench.common import Skipped, report, run
from tests.bench.fitting import ByDetector, ByTruth, every_frame, fit
from tests.bench.live import quantile
from tests.bench.naming import Naming
from tests.bench.peer import main as peer
from tests.bench.simulated import Slowly
from tests.bench.soak import Scene, faces_in, soak
from tests.bench.tracking import Ours, crowd
from training.evaluate.tracking import Boxes, Clip

ADA, BOB = [0, 0, 40, 40], [200, 0, 240, 40]  # in the truth


@pytest.fixture
def naming(tmp_path):
    """Ada from the first frame on, Bob from the tenth, in a clip of a hundred."""
    rows = [(frame, 1, 0, 0, 40, 40, 1) for frame in range(1, 101)]
    rows += [(frame, 2, 200, 0, 40, 40, 1) for frame in range(10, 101)]
    (tmp_path / "gt").mkdir()
    np.savetxt(tmp_path / "gt/gt.txt", np.array([(*row, 1, 1) for row in rows]), delimiter=",", fmt="%g")
    (tmp_path / "names.json").write_text(json.dumps({"1": "Ada", "2": "Bob"}))
    return Naming(tmp_path)


def test_a_name_counts_from_the_first_frame_with_the_face_to_that_on_which_it_is_shown(naming):
    boxes = np.array([BOB, ADA])
    naming.shown(0, boxes[1:], [None])
    naming.shown(30, boxes, ["Ada", None], age=0.5)  # that is not his name
    naming.shown(39, boxes, ["Bob", "Ada"], age=0.5)
    naming.shown(99, boxes, ["Bob", "Ada"])
    assert naming.seconds().tolist() == [39 / 30 + 0.5, 30 / 30 + 0.5]
    assert (naming.right, naming.wrong, naming.unknown) == (4, 1, 2)


def test_who_is_never_named_or_never_shown_waits_for_ever(naming):
    naming.shown(50, np.array([ADA]), ["Bob"])
    assert naming.seconds().tolist() == [np.inf, np.inf]
    assert (naming.right, naming.wrong, naming.unknown) == (0, 1, 1)


def test_a_quantile_of_endless_waits_is_none():
    waits = np.array([0.5, 1.0, np.inf])
    assert quantile(waits, 0.5) == 1.0
    assert quantile(waits, 0.95) is None


def test_a_shown_box_without_a_detection_fits_nothing():
    shown = np.array([[0.0, 0, 40, 40], [500, 0, 540, 40]])
    offline = np.array([[0.0, 0, 40, 80], [200, 0, 240, 40]])
    overlaps, covered = fit(shown, offline)
    assert overlaps == [0.5, 0.0]
    assert covered.tolist() == [True, False]


@pytest.fixture
def imagined():
    """A clip of one frame: Ada, Bob half hidden, and a detector that finds both, less surely a toy, but not Cy."""
    toy, cy = [400, 0, 440, 40], [600, 0, 640, 40]
    truth, hidden = boxes_of_frame([ADA, cy]), boxes_of_frame([BOB])
    return Clip("one", 30.0, [truth], [hidden], [boxes_of_frame([ADA, BOB, toy], scores=[0.9, 0.9, 0.3])])


def boxes_of_frame(boxes, scores=None):
    return Boxes(np.arange(len(boxes)), np.array(boxes, float), np.array(scores or [1.0] * len(boxes)))


def test_shown_boxes_are_compared_with_the_detector_and_with_the_truth(imagined):
    shown = np.array([ADA, [200, 0, 240, 80], [400, 0, 440, 40], [800, 0, 840, 40]], np.float32)
    by_detector, by_truth = ByDetector(imagined, threshold=0.5), ByTruth(imagined)
    by_detector.shown(0, shown)
    by_truth.shown(0, shown)
    figures = by_detector.figures()
    assert figures == pytest.approx({"faces shown %": 100.0, "mean IoU": 2.5 / 3, "nothing there %": 25.0})
    figures = by_truth.figures()  # the toy is nothing, Bob need not be shown but may be, and Cy is missed
    assert figures == pytest.approx({"true faces shown %": 50.0, "true IoU": 1.0, "truly nothing %": 50.0})


def test_a_second_box_on_a_true_face_stands_on_something(imagined):
    by_truth = ByTruth(imagined)
    by_truth.shown(0, np.array([ADA, [5, 0, 45, 40]], np.float32))
    assert by_truth.figures() == pytest.approx({"true faces shown %": 50.0, "true IoU": 1.0, "truly nothing %": 0.0})


def test_a_detector_in_every_frame_is_judged_by_the_truth_alone(imagined):
    row = every_frame(imagined, 0.5, ["search", "slower", "true faces shown %", "true IoU", "truly nothing %"])
    assert list(row.values()) == ["every frame, nobody followed", None, 50.0, 1.0, 0.0]


def test_a_report_is_a_table_and_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(common, "OUT", tmp_path)
    report("speed", "How fast", [{"what": "this", "ms": 1.23456, "p95": None}])
    assert json.loads((tmp_path / "speed.json").read_text())["rows"] == [{"what": "this", "ms": 1.23456, "p95": None}]
    printed = capsys.readouterr().out
    assert "How fast" in printed
    assert "1.23" in printed


def test_a_bench_that_cannot_run_says_why(capsys):
    def bench() -> None:
        raise Skipped("there is no camera")

    run(bench)
    assert "is skipped: there is no camera" in capsys.readouterr().out


def test_our_tracker_follows_a_crowd():
    shown, milliseconds = Ours(threshold=0.5).follow(crowd(5), every=1)
    assert [len(boxes.ids) for boxes in shown] == [5] * 60
    assert milliseconds > 0


def test_a_peer_reads_detections_and_writes_what_it_shows(tmp_path, monkeypatch):
    class Holding:
        """Gives each sure box its place in the row as id."""

        def __init__(self, threshold: float, fps: float, every: int) -> None:
            assert (threshold, fps, every) == (0.5, 30.0, 2)

        def __call__(self, boxes, scores, looked, t):
            return [(place, box) for place, box in enumerate(boxes) if looked]

    monkeypatch.setattr("tests.bench.peer.sort", Holding)
    given = tmp_path / "in.npz"
    boxes = np.array([ADA, BOB, ADA], float)
    np.savez(given, frame=[0, 0, 1], xyxy=boxes, score=[0.9] * 3, frames=3, fps=30.0, every=2, threshold=0.5)
    peer("sort", str(given), str(tmp_path / "out.npz"))
    with np.load(tmp_path / "out.npz") as shown:
        assert shown["frame"].tolist() == [0, 0]
        assert shown["id"].tolist() == [0, 1]
        assert np.array_equal(shown["xyxy"], boxes[:2])
        assert len(shown["seconds"]) == 2


def test_the_faces_of_the_soaks_pictures_can_be_seen():
    scene = Scene()
    for number in (0, 300, 70_000):
        seen = faces_in(scene.picture(number))
        np.testing.assert_allclose(sorted(seen.tolist()), scene.boxes(number), atol=1)


def test_a_soak_sees_people_come_and_be_named(monkeypatch):
    monkeypatch.setattr("tests.bench.soak.STAY", 20)
    rows = list(soak(frames=120, every=40))
    assert [row["frames"] for row in rows] == [40, 80, 120]
    assert rows[-1]["named"] > 0


def test_a_simulated_worker_takes_its_time_and_begins_the_newest_work_next():
    done = []

    class Works:
        def submit(self, frame, request):
            done.append(request)

        def finished(self):
            return done[-1:]

    worker = Slowly(Works(), takes=lambda request: 0.25)
    for t, request in ((0.0, "a"), (0.1, "b"), (0.2, "c")):
        worker.now = t
        worker.submit(SimpleNamespace(t=t), request)
    assert (worker.finished(), worker.under_way, worker.waiting) == ([], ["a"], "c")
    worker.now = 0.3
    assert (worker.finished(), worker.under_way, worker.waiting) == (["a"], ["c"], None)
    worker.now = 0.5
    assert (worker.finished(), done, worker.begun) == (["c"], ["a", "c"], 2)

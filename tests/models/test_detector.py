from types import SimpleNamespace

import numpy as np
import pytest

from models import detector as module
from models.detector import Detector, open_detector
from models.errors import ModelError
from models.manifest import ModelInput

PLAIN = ModelInput(None, None, "bgr", (0, 0, 0), (1, 1, 1))


class FakeNetwork:
    """Answers with boxes x1 y1 x2 y2 score in pixels of its input, and keeps what it was shown."""

    def __init__(self, rows, end_to_end=False, expected=PLAIN, threshold=0.5):
        self.rows = np.array(rows, np.float32).reshape(-1, 5)
        self.end_to_end = end_to_end
        self.entry = SimpleNamespace(input=expected, threshold=threshold)

    def run(self, batch):
        self.seen = batch
        boxes, scores = self.rows[:, :4], self.rows[:, 4:]
        if self.end_to_end:
            return [np.hstack([boxes, scores, np.zeros_like(scores)])[None]]
        centres, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        return [np.hstack([centres, sizes, scores]).T[None]]


def picture(width, height):
    return np.zeros((height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows"),
    [(1280, 720, 640, 384), (720, 1280, 384, 640), (640, 640, 640, 640), (480, 360, 640, 480), (3, 3000, 32, 640)],
)
def test_a_picture_is_shown_in_its_own_aspect_in_multiples_of_32(width, height, columns, rows):
    network = FakeNetwork([])
    Detector(network).detect(picture(width, height))
    assert network.seen.shape == (1, 3, rows, columns)


def test_a_picture_can_be_searched_at_another_size():
    network = FakeNetwork([[100, 50, 200, 150, 0.8]])
    found = Detector(network).detect(picture(1280, 720), size=320)
    assert network.seen.shape == (1, 3, 192, 320)
    np.testing.assert_allclose(found.xyxy, [[400, 200, 800, 600]])


def test_what_the_picture_leaves_of_the_input_is_grey():
    network = FakeNetwork([])
    Detector(network).detect(picture(1280, 720))
    assert (network.seen[0, :, :360] == 0).all()
    assert (network.seen[0, :, 360:] == 114).all()


def test_a_network_of_fixed_size_gets_that_size():
    network = FakeNetwork([[32, 24, 64, 48, 0.9]], expected=ModelInput(320, 320, "bgr", (0, 0, 0), (1, 1, 1)))
    found = Detector(network).detect(picture(640, 480))
    assert network.seen.shape == (1, 3, 320, 320)
    np.testing.assert_allclose(found.xyxy, [[64, 48, 128, 96]])
    assert not Detector(network).scales
    assert Detector(FakeNetwork([])).scales


@pytest.mark.parametrize("end_to_end", [False, True])
def test_boxes_come_back_in_pixels_of_the_picture(end_to_end):
    network = FakeNetwork([[100, 50, 200, 150, 0.8], [300, 60, 340, 110, 0.9]], end_to_end)
    found = Detector(network).detect(picture(1280, 720))
    np.testing.assert_allclose(found.xyxy, [[600, 120, 680, 220], [200, 100, 400, 300]], rtol=1e-5)
    np.testing.assert_allclose(found.confidence, [0.9, 0.8], rtol=1e-5)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5000, 2), (2, 5000), (33, 31)])
def test_a_box_over_the_whole_input_is_clipped_to_the_smallest_and_longest_pictures(width, height):
    found = Detector(FakeNetwork([[-50, -50, 900, 900, 0.9]])).detect(picture(width, height))
    np.testing.assert_allclose(found.xyxy, [[0, 0, width, height]])


@pytest.mark.parametrize("end_to_end", [False, True])
def test_of_two_boxes_that_overlap_by_more_than_half_the_surer_one_stays(end_to_end):
    rows = [[0, 0, 100, 100, 0.6], [10, 0, 110, 100, 0.8], [60, 0, 160, 100, 0.7]]
    found = Detector(FakeNetwork(rows, end_to_end)).detect(picture(640, 640))
    np.testing.assert_allclose(found.confidence, [0.8, 0.7])


def test_only_boxes_that_reach_the_threshold_are_faces():
    rows = [[0, 0, 10, 10, 0.45], [50, 0, 60, 10, 0.55], [100, 0, 110, 10, 0.3]]
    network = FakeNetwork(rows)
    assert len(Detector(network).detect(picture(640, 640))) == 1
    assert len(Detector(network, threshold=0.4).detect(picture(640, 640))) == 2
    assert len(Detector(network).detect(picture(640, 640), min_score=0.2)) == 3


def test_the_best_of_several_classes_counts():
    class TwoClasses(FakeNetwork):
        def run(self, batch):
            return [np.array([[[50], [50], [20], [20], [0.2], [0.7]]], np.float32)]

    found = Detector(TwoClasses([])).detect(picture(640, 640))
    np.testing.assert_allclose(found.confidence, [0.7])


@pytest.mark.parametrize("end_to_end", [False, True])
def test_a_picture_without_a_face_gives_an_empty_result_of_the_same_kind(end_to_end):
    found = Detector(FakeNetwork([], end_to_end)).detect(picture(64, 64))
    assert found.xyxy.shape == (0, 4)
    assert found.confidence.shape == (0,)


def test_boxes_outside_the_picture_are_dropped():
    assert len(Detector(FakeNetwork([[0, 400, 50, 500, 0.9]])).detect(picture(1280, 720))) == 0


def test_at_most_a_thousand_faces_are_given_the_surest_ones():
    corners = np.stack(np.meshgrid(np.arange(40), np.arange(40)), -1).reshape(-1, 2) * 16.0
    rows = np.hstack([corners, corners + 10, np.linspace(0.9, 0.6, 1600)[:, None]])
    found = Detector(FakeNetwork(rows)).detect(picture(640, 640))
    assert len(found) == 1000
    assert found.confidence.min() > 0.7


def test_an_output_of_another_kind_is_an_error_that_says_what_is_expected():
    network = FakeNetwork([])
    network.run = lambda batch: [np.zeros((1, 512), np.float32)]
    with pytest.raises(ModelError, match=r"4 \+ classes"):
        Detector(network).detect(picture(64, 64))


@pytest.mark.parametrize(("which", "name"), [(None, "the default"), ("own.onnx", "own.onnx")])
def test_one_detector_is_opened_the_default_one_or_the_one_named(monkeypatch, which, name):
    monkeypatch.setattr(module, "find", lambda task, which: which or "the default")
    monkeypatch.setattr(
        module, "Network", lambda entry: SimpleNamespace(entry=SimpleNamespace(name=entry, threshold=0.3))
    )
    detector = open_detector(which, size=320)
    assert (detector.network.entry.name, detector.size) == (name, 320)

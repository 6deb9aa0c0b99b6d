"""From a picture to its faces, with made-up networks."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from models import analysis, landmarks
from models.align import TEMPLATE
from models.analysis import Analyzer
from models.detector import Detector
from models.landmarks import Landmarks
from models.manifest import ModelEntry, ModelInput
from models.quality import Limits

FREE = ModelInput(None, None, "rgb", (0, 0, 0), (255, 255, 255))
IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
TWIN = ModelEntry("finder-int8", "detection", None, "", FREE, threshold=0.3)


class Finder:
    """A detection network that finds the given boxes (in pixels of a 640 px input), if the input has that size."""

    def __init__(self, *boxes, size=640):
        self.entry = ModelEntry("finder", "detection", None, "", FREE, threshold=0.5)
        self.boxes, self.size = boxes, size

    def run(self, batch):
        found = self.boxes if batch.shape[3] == self.size else ()
        return [np.array([[*box, 0.9, 0] for box in found], np.float32).reshape(1, -1, 6)]


class Marker:
    """A landmark network that sees the same frontal face in the middle of every crop, and counts its looks."""

    entry = ModelEntry("marker", "landmarks", None, "", FREE)

    def __init__(self):
        self.looks = 0

    def run(self, batch):
        self.looks += len(batch)
        points = (TEMPLATE - [0, 8]) / 112
        return [np.tile(points.ravel(), (len(batch), 1)).astype(np.float32), np.full((len(batch), 5), 0.01, np.float32)]


class Landmarker:
    """Puts the five points of a frontal face into each box; uncertain about boxes narrower than `sure` pixels."""

    def __init__(self, sure=0.0):
        self.sure = sure
        self.network = Marker()

    def locate(self, image, boxes):
        sides = (boxes[:, 2:] - boxes[:, :2])[:, None, :]
        points = boxes[:, None, :2] + sides * TEMPLATE / 112
        doubts = np.where(boxes[:, 2] - boxes[:, 0] < self.sure, 0.9, 0.05)
        return Landmarks(points.astype(np.float32), doubts.astype(np.float32))


class Embedder:
    """Counts the crops it is given."""

    def __init__(self):
        self.given = []

    def embed(self, crops, flip=False):
        self.given.append((len(crops), flip))
        return np.eye(512, dtype=np.float32)[: len(crops)]


def analyzer(finder, landmarker=None, limits=None):
    return Analyzer(Detector(finder), landmarker or Landmarker(), Embedder(), limits)


def test_faces_come_with_points_crop_and_embedding_the_largest_first():
    looking = analyzer(Finder((10, 10, 60, 60), (100, 100, 250, 250)))
    faces = looking.faces(IMAGE, flip=True)
    assert [face.box.round().tolist() for face in faces] == [[100, 100, 250, 250], [10, 10, 60, 60]]
    assert faces[0].landmarks.shape == (5, 2)
    assert faces[0].crop.shape == (112, 112, 3)
    assert faces[0].refused is None
    assert np.linalg.norm(faces[0].embedding) == pytest.approx(1)
    assert faces[0].area == pytest.approx(150 * 150, rel=0.01)
    assert looking.embedder.given == [(2, True)]


def test_refused_faces_are_not_embedded_and_keep_their_place():
    looking = analyzer(Finder((10, 10, 60, 60), (100, 100, 250, 250)), Landmarker(sure=100))
    faces = looking.look(IMAGE, np.array([[10, 10, 60, 60], [100, 100, 250, 250]], np.float32), [0.9, 0.9])
    assert ["hardly seen" in (face.refused or "") for face in faces] == [True, False]
    assert [face.embedding is None for face in faces] == [True, False]
    assert looking.embedder.given == [(1, False)]


def test_faces_of_which_nobody_asks_who_they_are_are_not_embedded():
    looking = analyzer(Finder([100, 100, 200, 220]))
    (face,) = looking.faces(IMAGE, embedded=False)
    assert (face.embedding, face.refused, looking.embedder.given) == (None, None, [])
    assert face.landmarks is not None and face.quality > 0


def test_without_faces_nothing_is_embedded():
    looking = analyzer(Finder())
    assert looking.faces(IMAGE) == []
    assert looking.embedder.given == []


@pytest.mark.parametrize("size", [320, 160])
def test_a_face_that_fills_the_picture_is_found_from_further_away(size):
    box = np.array([20, 20, 120, 115])
    faces = analyzer(Finder(box, size=size)).faces(IMAGE)
    assert [face.box.round().tolist() for face in faces] == [(box * 640 / size).tolist()]


def test_a_detector_of_one_size_looks_once_at_a_picture_without_a_face():
    seen = []
    finder = Finder()
    finder.entry = replace(finder.entry, input=ModelInput(64, 64, "rgb", (0, 0, 0), (255, 255, 255)))
    finder.run = lambda batch: [seen.append(batch.shape) or np.zeros((1, 0, 6), np.float32)]
    assert analyzer(finder).faces(IMAGE) == []
    assert seen == [(1, 3, 64, 64)]


def test_points_that_make_no_face_are_refused_with_the_reason():
    nowhere = SimpleNamespace(
        locate=lambda image, boxes: Landmarks(np.zeros((len(boxes), 5, 2), np.float32), np.zeros(len(boxes)))
    )
    face = analyzer(Finder((10, 10, 60, 60)), nowhere).faces(IMAGE)[0]
    assert face.refused
    assert face.crop is None


def test_a_face_below_the_given_limits_is_refused():
    strict = analyzer(Finder((100, 100, 250, 250)), limits=Limits(eye_distance=1000))
    assert "too small" in strict.faces(IMAGE)[0].refused


def test_the_detectors_twin_takes_its_place_with_its_own_threshold(monkeypatch):
    monkeypatch.setattr(analysis, "swifter", lambda entry: TWIN)
    monkeypatch.setattr(analysis, "Network", lambda entry: SimpleNamespace(entry=entry))
    ours = Analyzer(Detector(Finder(), size=320), Landmarker(), Embedder(), Limits(yaw=7, score=0.5))
    swift = ours.for_cameras()
    assert swift.detector.network.entry is TWIN
    assert (swift.detector.threshold, swift.detector.size) == (0.3, 320)
    assert swift.limits == Limits(yaw=7, score=0.3)
    assert (swift.landmarker.network, swift.embedder) == (ours.landmarker.network, ours.embedder)


def test_networks_of_which_there_is_no_twin_are_the_same(monkeypatch):
    monkeypatch.setattr(analysis, "swifter", lambda entry: entry)
    ours = analyzer(Finder())
    swift = ours.for_cameras()
    assert (swift.detector, swift.embedder, swift.limits) == (ours.detector, ours.embedder, ours.limits)


@pytest.mark.parametrize("entry", [lambda entry: entry, lambda _: TWIN], ids=["no twin", "a twin"])
def test_a_cameras_face_is_looked_at_twice_for_its_points_only_where_its_box_was_off(monkeypatch, entry):
    monkeypatch.setattr(analysis, "swifter", entry)
    monkeypatch.setattr(analysis, "Network", lambda entry: SimpleNamespace(entry=entry))
    marker = Marker()
    ours = analyzer(Finder(), landmarks.Landmarker(marker))
    for looking, looks in ((ours, 2), (ours.for_cameras(), 1)):
        marker.looks = 0
        looking.look(IMAGE, np.array([[100, 100, 250, 250]], np.float32), [0.9])
        assert marker.looks == looks


def test_of_more_faces_than_can_be_looked_at_soon_the_surest_are_and_the_others_say_so(monkeypatch):
    monkeypatch.setattr(analysis, "MOST", 2)
    looking = analyzer(Finder((50, 50, 150, 150), (300, 50, 420, 170), (450, 200, 590, 340)))
    faces = looking.faces(IMAGE)
    assert [face.embedding is not None for face in faces].count(True) == 2
    (left,) = [face for face in faces if face.embedding is None]
    assert left.refused.startswith("one of more than 2 faces") and left.crop is None

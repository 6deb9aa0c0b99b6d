import cv2
import numpy as np
import pytest
import supervision as sv

from models.images import read_image
from models.manifest import ModelEntry, ModelInput
from training import prepare
from training.data.detection import read_layout
from training.detector import pseudo_labels
from training.detector.pseudo_labels import (
    Limits,
    added,
    agreed,
    apart,
    choose,
    find_unlabelled,
    limits,
    show_boxes,
    with_pseudo_labels,
)
from training.errors import TrainingError
from training.evaluate.detection import Result

LABELLED, UNLABELLED, HAND = [10, 10, 30, 40], [60, 10, 80, 40], [40, 60, 60, 80]


class FakeDetector:
    """Finds the same boxes in every picture, and counts how often it looks."""

    size = 640

    def __init__(self, name, *found):
        self.network = type("Net", (), {"entry": ModelEntry(name, "detection", None, "", ModelInput(*[None] * 5))})
        self.found, self.looks = found, 0

    def detect(self, image, min_score):
        self.looks += 1
        found = [(box, score) for box, score in self.found if score >= min_score]
        boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
        return sv.Detections(boxes, confidence=np.array([score for _, score in found], np.float32))


def first():
    return FakeDetector("first", (LABELLED, 0.8), (HAND, 0.7), (UNLABELLED, 0.6), ([0, 80, 10, 90], 0.1))


def second():
    return FakeDetector("second", (LABELLED, 0.9), ([61, 11, 81, 41], 0.5), (HAND, 0.2))


@pytest.fixture
def data(tmp_path):
    """Two pictures of noise, 100 px wide and high, the first of which has a labelled face."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    for split in ("train", "val"):
        (tmp_path / "images" / split).mkdir(parents=True)
        for name in "ab":
            cv2.imwrite(str(tmp_path / f"images/{split}/{name}.png"), noise)
        (tmp_path / "labels" / split).mkdir(parents=True)
        (tmp_path / "labels" / split / "a.txt").write_text("0 0.2 0.25 0.2 0.3\n")
    return tmp_path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pseudo").mkdir()
    (tmp_path / "pseudo/limits.json").write_text('{"detectors": ["first"], "face": 0.45, "doubtful": 0.15}')
    return tmp_path / "pseudo"


def test_a_box_has_the_least_score_of_all_detectors_the_surest_first():
    boxes, scores = agreed(np.zeros((100, 100, 3), np.uint8), [first(), second()])
    np.testing.assert_array_equal(boxes, [LABELLED, UNLABELLED, HAND])
    np.testing.assert_allclose(scores, [0.8, 0.5, 0.2])


def test_where_the_others_see_nothing_no_box_is_sure():
    _, scores = agreed(np.zeros((100, 100, 3), np.uint8), [first(), FakeDetector("blind")])
    assert (scores == 0).all()


def test_the_second_is_asked_about_what_lies_apart_from_labels_alone():
    other = second()
    boxes, _ = agreed(
        np.zeros((100, 100, 3), np.uint8), [FakeDetector("first", (LABELLED, 0.8)), other], np.array([LABELLED])
    )
    assert (len(boxes), other.looks) == (0, 0)


def test_boxes_that_share_more_than_a_tenth_with_a_face_may_be_of_it():
    faces = np.array([[0, 0, 20, 20]], np.float32)
    boxes = np.array([[5, 5, 10, 10], [19, 0, 39, 20], [15, 0, 35, 20], [50, 50, 60, 60]], np.float32)
    assert apart(boxes, faces).tolist() == [False, True, False, True]
    assert apart(boxes, faces[:0]).all()


def test_the_limits_are_where_precision_falls():
    """Sure detections find a face; below .5 every twentieth does not, and below .2 none does."""
    faces = np.array([[0, 0, 10, 10]], np.float32)
    results = []
    for score in np.linspace(0.01, 0.99, 2000, dtype=np.float32):
        hit = bool(score >= 0.5 or (score >= 0.2 and round(score * 2000) % 20))
        box = faces if hit else faces + 50
        results.append(Result(None, faces, box, np.array([score]), np.array([hit]), 640))
    face, doubtful = choose(results)
    assert face == pytest.approx(0.5, abs=0.03)
    assert doubtful == pytest.approx(0.2, abs=0.03)
    with pytest.raises(TrainingError, match="99 detections"):
        choose(results[:99])


def test_pictures_get_faces_and_doubtful_places_and_keep_their_labels(data, folder):
    given = read_layout(data, "train")
    before = (data / "labels/train/a.txt").read_bytes()
    find_unlabelled(given, [first(), second()], folder)
    a, b = with_pseudo_labels(given, folder)
    np.testing.assert_allclose(a.boxes * 100, [LABELLED, UNLABELLED], atol=0.01)
    np.testing.assert_allclose(b.boxes * 100, [LABELLED, UNLABELLED], atol=0.01)
    np.testing.assert_allclose(a.doubtful * 100, [HAND], atol=0.01)
    assert (data / "labels/train/a.txt").read_bytes() == before
    new = added(given, [a, b])
    assert [path.name for path, _ in new["faces"]] == ["a.png", "b.png", "b.png"]
    assert len(new["doubtful"]) == 2


def test_pictures_of_the_same_name_in_folders_of_a_split_get_each_its_own(data, folder):
    (data / "images/train/more").mkdir()
    (data / "images/train/b.png").rename(data / "images/train/more/a.png")
    given = read_layout(data, "train")
    find_unlabelled(given, [first(), second()], folder)
    assert [
        len(after.boxes) - len(before.boxes)
        for before, after in zip(given, with_pseudo_labels(given, folder), strict=True)
    ] == [1, 2]


def test_a_run_that_was_interrupted_looks_at_the_rest(data, folder):
    given = read_layout(data, "train")
    find_unlabelled(given[:1], [first()], folder)
    detector = first()
    find_unlabelled(given, [detector], folder)
    assert detector.looks == 1
    assert not list(folder.rglob("*.part"))


def test_a_picture_that_was_not_looked_at_stays_as_it_is(data, folder):
    given = read_layout(data, "train")
    assert [len(picture.boxes) for picture in with_pseudo_labels(given, folder)] == [1, 0]


def test_doubtful_places_are_blanked_but_for_the_faces_in_them(data, folder):
    given = read_layout(data, "train")
    find_unlabelled(given, [FakeDetector("first", ([28, 20, 50, 40], 0.3))], folder)
    picture = with_pseudo_labels(given, folder)[0]
    image = read_image(picture.path)
    blank = picture.without_doubtful(image)
    changed = (blank != image).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert columns.min() in (30, 31)
    assert (columns.max(), rows.min(), rows.max()) == (49, 20, 39)
    assert np.unique(blank[20:40, 31:49].reshape(-1, 3), axis=0).shape == (1, 3)


def test_limits_are_measured_once_and_belong_to_their_detectors(data, tmp_path, monkeypatch):
    monkeypatch.setattr(pseudo_labels, "WINDOW", 2)
    detector, folder = first(), tmp_path / "new"
    known = limits(folder, [detector], read_layout(data, "val"))
    assert known == Limits(["first at 640 px"], known.face, known.doubtful)
    assert limits(folder, [detector], read_layout(data, "val")) == known
    assert detector.looks == 2
    with pytest.raises(TrainingError, match="begun with first at 640 px"):
        limits(folder, [detector, second()], [])


def test_a_folder_without_limits_is_told(data, tmp_path):
    with pytest.raises(TrainingError, match=r"training\.prepare pseudo"):
        with_pseudo_labels(read_layout(data, "train"), tmp_path / "nothing")


def test_the_boxes_can_be_looked_at(data, tmp_path):
    show_boxes([(data / "images/train/a.png", np.array([0.9, 0, 1, 0.1], np.float32))], tmp_path / "sheet.jpg")
    assert cv2.imread(str(tmp_path / "sheet.jpg")).any()


def test_the_command_finds_shows_and_counts(data, folder, monkeypatch, capsys):
    (folder / "limits.json").write_text(
        '{"detectors": ["first at 960 px", "second at 640 px"], "face": 0.45, "doubtful": 0.3}'
    )

    class Named(FakeDetector):
        def __init__(self, name, size=640):
            super().__init__(name, *(first() if name == "first" else second()).found)
            self.size = size

    monkeypatch.setattr(prepare, "find", lambda task, name: name)
    monkeypatch.setattr(prepare, "Network", lambda name, threads: name)
    monkeypatch.setattr(prepare, "Detector", Named)
    prepare.pseudo(["first", "second"], data, folder)
    told = capsys.readouterr().out
    assert "faces: 3 in 2 of 2 pictures" in told
    assert "doubtful: 0 in 0 of 2 pictures" in told
    assert (folder / "faces.jpg").is_file()
    assert not (folder / "doubtful.jpg").exists()

"""A network of the user's own that tells living faces from pictures."""

from dataclasses import replace

import numpy as np
import pytest

from models.errors import ModelError
from stream.evidence.liveness import Liveness, part_around, probabilities
from tests.fakes import make_face, unit
from tests.networks import described

HOW = {"scale": 2.0, "live": 0}  # blue is alive
BOX = np.array([10, 10, 20, 20], np.float32)


@pytest.fixture
def liveness(tmp_path) -> Liveness:
    return Liveness.open(str(described(tmp_path / "own.onnx", "liveness", liveness=HOW, threshold=0.7)))


def painted(colour) -> np.ndarray:
    """A picture in which a face with its surroundings has a colour, and all else another."""
    image = np.full((40, 40, 3), 9, np.uint8)
    image[5:25, 5:25] = colour
    return image


def test_good_faces_get_their_score_and_the_others_none(liveness):
    good = make_face(unit(1), box=tuple(BOX))
    faces = [good, replace(good, embedding=None, refused="blurred")]
    alive = liveness.graded(painted((200, 0, 0)), faces)
    dead = liveness.graded(painted((0, 0, 200)), faces)
    assert [one.liveness for one in alive] == [pytest.approx(1.0), None]
    assert [one.liveness for one in dead] == [pytest.approx(0.0), None]
    assert liveness.threshold == 0.7
    assert liveness.graded(painted((0, 0, 0)), []) == []


def test_what_are_shares_already_stays_and_all_else_becomes_shares():
    shares = np.array([[0.2, 0.8], [0.5, 0.5]], np.float32)
    assert probabilities(shares) is shares
    np.testing.assert_allclose(probabilities(np.array([[0.0, np.log(3)]], np.float32)), [[0.25, 0.75]], rtol=1e-6)


@pytest.mark.parametrize(
    ("box", "shape", "corner"),
    [((10, 10, 20, 20), (20, 20), (5, 5)), ((0, 30, 10, 40), (20, 20), (20, 0)), ((0, 0, 40, 20), (20, 40), (0, 0))],
    ids=["around", "moved into the picture", "no room"],
)
def test_what_lies_around_a_face_is_shown_as_far_as_the_picture_goes(box, shape, corner):
    rows, columns = np.mgrid[:40, :40].astype(np.uint8)
    part = part_around(np.stack([rows, columns, rows], axis=2), np.array(box, np.float32), 2.0)
    assert part.shape[:2] == shape
    assert tuple(part[0, 0, :2]) == corner


def test_a_description_that_does_not_say_how_is_told(tmp_path):
    with pytest.raises(ModelError, match=r'own\.onnx does not say how a face is shown to it: add "liveness"'):
        Liveness.open(str(described(tmp_path / "own.onnx", "liveness")))


def test_a_network_for_something_else_is_told(tmp_path):
    with pytest.raises(ModelError, match="described as a network for embedding, not for liveness"):
        Liveness.open(str(described(tmp_path / "own.onnx", "embedding")))


def test_a_network_with_too_few_classes_is_told(tmp_path):
    own = Liveness.open(str(described(tmp_path / "own.onnx", "liveness", liveness=HOW | {"live": 3})))
    with pytest.raises(ModelError, match=r"gave \(1, 3\) instead of \(1, more than 3\) finite numbers"):
        own.graded(painted((0, 0, 0)), [make_face(unit(1), box=tuple(BOX))])

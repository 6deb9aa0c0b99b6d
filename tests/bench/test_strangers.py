"""What a bench makes of the looks at known people and at strangers."""

import numpy as np
import pytest

from models.analysis import Face
from stream.evidence.accounts import BELOW, FEW
from stream.gallery.identity import Rule
from tests.bench.strangers import NAMED, RIVAL, WRONG, Enrolled, Frame, Views, looks, measured

AXES = np.eye(512, dtype=np.float32)
GALLERY = Enrolled(AXES[:3], pictures=1, rule=Rule(0.5))


def unit(vector):
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def frame(vector, mirrored=None):
    """A look at a face with the vector (512,) given, whose mirror image has the same one unless told."""
    face = Face(np.array([0, 0, 40, 40], np.float32), 1.0, None, None, unit(vector), 0.5, None)
    return Frame(face, face.embedding if mirrored is None else unit(mirrored))


ME = frame(AXES[7])  # enrolled in the place of the last of the gallery


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        (Views.PLAIN, [AXES[0], AXES[0]]),
        (Views.MIRRORED, [unit(AXES[0] + AXES[1])] * 2),
        (Views.ALTERNATE, [AXES[0], AXES[1]]),
    ],
)
def test_a_look_has_the_vector_of_the_face_of_its_mirror_image_or_of_both(views, expected):
    seen = looks([frame(AXES[0], AXES[1])] * 2, views)
    np.testing.assert_allclose([face.embedding for face in seen], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("video", "outcome"),
    [
        ([ME, ME], (NAMED, False)),
        ([frame(0.6 * AXES[7] + 0.8 * AXES[9])], (FEW, False)),
        ([frame(0.4 * AXES[7] + 0.9 * AXES[9])], (BELOW, False)),
        ([frame(0.4 * AXES[0] + 0.9 * AXES[9])], (RIVAL, False)),
        ([frame(AXES[0])], (WRONG, True)),
    ],
)
def test_of_a_known_face_without_its_name_the_bench_tells_what_withholds_it(video, outcome):
    assert GALLERY.knows([[ME], video], Views.PLAIN) == outcome


def test_somebody_with_fewer_frames_than_are_to_be_enrolled_is_not_asked_about():
    assert GALLERY.knows([[], [ME]], Views.PLAIN) is None


def test_the_shares_are_of_all_known_faces():
    videos = {"Ada": [[ME], [ME, ME]], "Bob": [[ME], [frame(0.4 * AXES[7] + 0.9 * AXES[9])]]}
    named, withheld = measured([GALLERY], videos, Views.PLAIN)
    assert named["known named %"] == 50.0
    assert named["wrongly %"] == 0.0
    assert withheld == {BELOW: 50.0, RIVAL: 0.0, FEW: 0.0, WRONG: 0.0, "else": 0.0}

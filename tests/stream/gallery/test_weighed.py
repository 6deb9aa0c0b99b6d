"""A look once it is weighed."""

import numpy as np

from tests.fakes import make_face, unit, weighed


def test_it_tells_which_faces_are_behind_what_is_known():
    first, second = make_face(unit(1)), make_face(unit(1))
    look = weighed(1, second, [second])
    assert look.is_behind(second) and not look.is_behind(first)


def test_a_mask_touches_the_face_or_does_not():
    face, mask = make_face(unit(1), box=(20, 20, 60, 60)), np.array([[63, 0], [99, 0], [99, 99], [63, 99]])
    assert not weighed(1, face, [face], masks=[mask]).is_masked()
    assert weighed(1, face, [face], masks=[mask - [10, 0]]).is_masked()

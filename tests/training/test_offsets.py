from types import SimpleNamespace

import numpy as np
import pytest

from models.align import TEMPLATE
from training import offsets
from training.data.landmarks import MIRRORED, Face
from training.offsets import offsets as measured

WIDTH = 200


def test_marks_right_of_the_features_are_seen_whatever_side_the_network_leans_to(monkeypatch, tmp_path):
    def locate_each(images, _boxes):
        """The template's points, and their mirror image in the second picture, each 3 pixels too far right."""
        mirrored = np.column_stack([WIDTH - 1 - TEMPLATE[:, 0], TEMPLATE[:, 1]])[MIRRORED]
        assert len(images) == 2
        return SimpleNamespace(points=np.stack([TEMPLATE, mirrored]) + [3, 0])

    monkeypatch.setattr(offsets, "picture", lambda _: np.zeros((WIDTH, WIDTH, 3), np.uint8))
    face = Face(tmp_path, "udacity", (TEMPLATE + 0.9).astype(np.float32), offset=1.1)  # marked 2 pixels right
    [(key, right)] = measured(SimpleNamespace(locate_each=locate_each), [face]).items()
    assert key == ("udacity", 1.1)
    assert right == pytest.approx([2.0], abs=1e-4)

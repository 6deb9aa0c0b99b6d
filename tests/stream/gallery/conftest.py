"""What takes pictures into a gallery, with an analyzer that finds in them what it is told."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.enroll import Enroller
from tests.people import DIGEST


class Analyzer:
    """Finds in a picture the faces that were put down for its grey level."""

    embedder = SimpleNamespace(digest=DIGEST)

    def __init__(self) -> None:
        self.known = {}

    def faces(self, image, flip=False, main=False):
        return self.known[int(image[0, 0, 0])]


@pytest.fixture
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture
def enroller(fresh_db, analyzer) -> Enroller:
    return Enroller(fresh_db, analyzer, lambda: Thresholds(0.5, 0.8, 0.25))


@pytest.fixture
def picture(tmp_path, analyzer):
    """A picture file that shows the given faces."""

    def make(*faces) -> Path:
        grey = 10 * (len(analyzer.known) + 1)
        analyzer.known[grey] = list(faces)
        path = tmp_path / f"{grey}.png"
        cv2.imwrite(str(path), np.full((8, 8, 3), grey, np.uint8))
        return path

    return make

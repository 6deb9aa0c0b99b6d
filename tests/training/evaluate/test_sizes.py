import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.manifest import ModelEntry, ModelInput
from training.errors import TrainingError
from training.evaluate import sizes

INPUT = ModelInput(None, None, "rgb", (0, 0, 0), (255, 255, 255))


class FakeNetwork:
    """Finds the face at the picture's centre, if it sees it large enough."""

    def __init__(self, entry, threads=None):
        self.entry = entry

    def run(self, batch):
        height, width = batch.shape[2:]
        best = np.array([width / 2, height / 2, width / 4, height / 2, 0.9 if width >= 416 else 0], np.float32)
        return [np.tile(best[:, None], (1, 1, 21))]


@pytest.fixture
def data(tmp_path):
    for folder in ("images/val", "labels/val"):
        (tmp_path / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images/val/a.png"), np.zeros((320, 640, 3), np.uint8))
    (tmp_path / "labels/val/a.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    return tmp_path


def test_each_detector_is_measured_at_each_size(data, monkeypatch):
    monkeypatch.setattr(sizes, "find", lambda task, name: ModelEntry(name, task, Path(), "", INPUT))
    monkeypatch.setattr(sizes, "Network", FakeNetwork)
    sizes.main(["m", "n"], data, ["320", "640", "photograph"], out=data / "sizes.json")
    rows = json.loads((data / "sizes.json").read_text())
    assert [(row["detector"], row["size"], row["figures"]["ap50"]) for row in rows] == [
        ("m", "320", 0), ("m", "640", 1), ("m", "photograph", 1),
        ("n", "320", 0), ("n", "640", 1), ("n", "photograph", 1),
    ]  # fmt: skip
    assert all(row["milliseconds"] > 0 and row["cpu_milliseconds"] > 0 for row in rows)
    assert all(row["figures"]["recall"] == row["figures"]["ap50"] for row in rows)


def test_what_is_no_size_is_told(data, monkeypatch):
    monkeypatch.setattr(sizes, "find", lambda task, name: ModelEntry(name, task, Path(), "", INPUT))
    monkeypatch.setattr(sizes, "Network", FakeNetwork)
    with pytest.raises(TrainingError, match="large is no size: give pixels, or photograph"):
        sizes.main(["m"], data, ["large"])

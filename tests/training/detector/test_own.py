"""A checkpoint of one's own becomes a detector."""

import sys

import numpy as np
import pytest

from models.detector import Detector
from models.manifest import find
from models.runtime import Network
from training.detector.own import as_onnx
from training.errors import TrainingError


def test_everything_but_a_checkpoint_is_left_alone():
    assert as_onnx(None) is None
    assert as_onnx("yolov5m-face") == "yolov5m-face"
    assert as_onnx("own.onnx") == "own.onnx"


def test_a_checkpoint_that_is_not_there_is_told(tmp_path):
    with pytest.raises(TrainingError, match="no checkpoint"):
        as_onnx(str(tmp_path / "own.pt"), True, tmp_path)


def test_a_checkpoint_is_not_read_unless_it_is_trusted(tmp_path):
    (tmp_path / "own.pt").write_bytes(b"x")
    with pytest.raises(TrainingError, match=r"whoever made it do with this computer what you can.* give --trust"):
        as_onnx(str(tmp_path / "own.pt"), cache=tmp_path)


def test_without_the_training_extra_the_remedy_is_told(tmp_path, monkeypatch):
    (tmp_path / "own.pt").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with pytest.raises(TrainingError, match=r"install -e '\.\[train\]'`; for a container"):
        as_onnx(str(tmp_path / "own.pt"), True, tmp_path)


@pytest.mark.training
def test_a_file_that_is_no_checkpoint_is_told(tmp_path):
    pytest.importorskip("ultralytics")
    (tmp_path / "own.pt").write_bytes(b"x")
    with pytest.raises(TrainingError, match="not an Ultralytics checkpoint"):
        as_onnx(str(tmp_path / "own.pt"), True, tmp_path)


@pytest.mark.training
@pytest.mark.parametrize("architecture", ["yolov5n.yaml", "yolo11n.yaml"])
def test_a_checkpoint_is_exported_once_and_finds_what_it_found(tmp_path, architecture):
    ultralytics = pytest.importorskip("ultralytics")
    own = ultralytics.YOLO(architecture)
    own.save(tmp_path / "own.pt")
    exported = as_onnx(str(tmp_path / "own.pt"), True, tmp_path / "cache")
    network = Network(find("detection", exported))
    image = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    assert network.run(np.zeros((1, 3, 96, 160), np.float32))[0].shape[1] == 4 + 80
    assert Detector(network).detect(image, min_score=0.0).xyxy.shape[1] == 4
    assert as_onnx(str(tmp_path / "own.pt"), False, tmp_path / "cache") == exported  # trusted once

import hashlib
import json

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from models.manifest import read_manifest  # noqa: E402
from models.runtime import Network  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.int8 import main  # noqa: E402

pytestmark = pytest.mark.training


def detector(path):
    """A network of two layers, the last of which is its head; it finds nothing."""
    rng = np.random.default_rng(0)

    def convolution(source, target, layer, channels):
        weights = rng.normal(size=(channels[1], channels[0], 1, 1)).astype(np.float32)
        tensors = [
            numpy_helper.from_array(weights, f"model.{layer}.conv.weight"),
            numpy_helper.from_array(np.full(channels[1], -20, np.float32), f"model.{layer}.conv.bias"),
        ]
        names = [source, *(tensor.name for tensor in tensors)]
        return helper.make_node("Conv", names, [target], name=f"conv_{layer}"), tensors

    (first, a), (head, b) = convolution("images", "mid", 0, (3, 8)), convolution("mid", "map", 1, (8, 5))
    shape = numpy_helper.from_array(np.array([0, 5, -1]), "shape")
    nodes = [
        first,
        head,
        helper.make_node("Clip", ["map", "zero", "zero"], ["clipped"]),
        helper.make_node("Reshape", ["clipped", "shape"], ["detections"]),
    ]
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("detections", TensorProto.FLOAT, ["n", 5, "a"])],
        [*a, *b, shape, numpy_helper.from_array(np.float32(0), "zero")],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)


@pytest.fixture
def project(tmp_path):
    """Labelled pictures, and a weights folder with one detector of the given AP50."""
    for split in ("train", "val"):
        (tmp_path / "images" / split).mkdir(parents=True)
        (tmp_path / "labels" / split).mkdir(parents=True)
        image = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f"images/{split}/a.png"), image)
        (tmp_path / f"labels/{split}/a.txt").write_text("0 0.5 0.5 0.5 0.5\n")

    def ship(precision, pictures=1):
        weights = tmp_path / "weights"
        weights.mkdir()
        detector(weights / "m.onnx")
        entry = {
            "name": "m", "task": "detection", "file": "m.onnx", "default": True,
            "metrics": {"ap50": precision, "pictures": pictures},
            "sha256": hashlib.sha256((weights / "m.onnx").read_bytes()).hexdigest(), "data": "faces",
            "input": {"width": None, "height": None, "color": "rgb", "mean": [0] * 3, "std": [255] * 3},
        }  # fmt: skip
        (weights / "manifest.json").write_text(json.dumps({"models": [entry]}))
        return weights

    return tmp_path, ship


def test_a_detector_in_integers_ships_beside_its_original_with_its_head_as_it_was(project):
    data, ship = project
    weights = ship(0.0)
    main("m", data, weights)
    original, ours = read_manifest(weights / "manifest.json")
    assert (original.name, original.default, ours.name, ours.default) == ("m", True, "m-int8", False)
    assert ours.int8_of == original.sha256
    assert json.loads((weights / "manifest.json").read_text())["models"][1]["data"] == "faces"
    assert Network(ours).run(np.zeros((1, 3, 32, 64), np.float32))[0].shape == (1, 5, 2048)
    stored = {tensor.name: tensor.data_type for tensor in onnx.load(ours.path).graph.initializer}
    assert TensorProto.INT8 in {kind for name, kind in stored.items() if name.startswith("model.0.")}
    assert stored["model.1.conv.weight"] == TensorProto.FLOAT16


def test_one_that_loses_too_much_is_not_shipped(project):
    data, ship = project
    weights = ship(0.02)
    with pytest.raises(TrainingError, match=r"m loses 0\.020 AP50"):
        main("m", data, weights)
    assert sorted(path.name for path in weights.iterdir()) == ["m.onnx", "manifest.json"]


def test_figures_of_other_pictures_are_no_measure(project):
    data, ship = project
    main("m", data, ship(0.9, pictures=420))
    assert read_manifest(data / "weights/manifest.json")[1].name == "m-int8"


def test_an_unknown_detector_is_told(project):
    data, ship = project
    with pytest.raises(TrainingError, match="no network n"):
        main("n", data, ship(0.0))

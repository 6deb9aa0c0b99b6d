"""ONNX files that ONNX Runtime computes as torch does, and that training can go on from."""

import hashlib
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
from torch import nn  # noqa: E402

from training.errors import TrainingError  # noqa: E402
from training.export.onnx import load_onnx_weights, write_entry, write_onnx  # noqa: E402

pytestmark = pytest.mark.training


def network(seed=0, width=8):
    torch.manual_seed(seed)
    module = nn.Sequential(
        nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 4),
    )  # fmt: skip
    module(torch.randn(16, 3, 32, 32))  # statistics other than 0 and 1
    return module


@pytest.fixture
def written(tmp_path):
    module = network()
    write_onnx(module, torch.randn(2, 3, 32, 32), tmp_path / "net.onnx", ["out"])
    return module, tmp_path / "net.onnx"


def test_the_batch_is_free_and_the_output_is_torchs(written):
    module, path = written
    session = onnxruntime.InferenceSession(path)
    images = torch.randn(5, 3, 32, 32)
    found = session.run(["out"], {"images": images.numpy()})[0]
    with torch.no_grad():
        np.testing.assert_allclose(found, module.eval()(images).numpy(), atol=2e-3)


def test_parameters_keep_their_names_and_norms_stay_apart(written):
    module, path = written
    graph = onnx.load(path).graph
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    assert {name for name in module.state_dict() if "num_batches" not in name} <= stored.keys()
    assert "BatchNormalization" in [node.op_type for node in graph.node]
    assert stored["0.weight"] == onnx.TensorProto.FLOAT16
    assert stored["1.running_var"] == onnx.TensorProto.FLOAT


def test_training_can_go_on_from_the_file(written):
    module, path = written
    other = network(seed=1)
    load_onnx_weights(other, path)
    images = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        np.testing.assert_allclose(other.eval()(images), module.eval()(images), atol=2e-3)
    other.train()(images).sum().backward()  # torch trains what was loaded


def test_exporting_leaves_the_module_as_it_was(tmp_path):
    module = network()
    weight = module[0].weight.detach().clone()
    write_onnx(module, torch.randn(2, 3, 32, 32), tmp_path / "net.onnx", ["out"])
    assert module.training
    assert torch.equal(module[0].weight, weight)


def test_another_network_is_refused(written):
    with pytest.raises(TrainingError, match=r"does not hold 0\.weight of shape \(4, 3, 3, 3\)"):
        load_onnx_weights(network(width=4), written[1])


def test_a_free_size_takes_other_multiples_of_32(tmp_path):
    write_onnx(network()[:3], torch.randn(2, 3, 64, 96), tmp_path / "net.onnx", ["map"], free_size=True)
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx")
    assert session.run(None, {"images": np.zeros((1, 3, 32, 160), np.float32)})[0].shape == (1, 8, 16, 80)


def entry(name, file, **more):
    return {"name": name, "task": "embedding", "file": file, **more}


def test_an_entry_replaces_the_one_of_its_name_and_has_the_files_digest(tmp_path):
    manifest = tmp_path / "manifest.json"
    (tmp_path / "a.onnx").write_bytes(b"first")
    write_entry(manifest, entry("a", "a.onnx"))
    (tmp_path / "a.onnx").write_bytes(b"second")
    write_entry(manifest, entry("a", "a.onnx", threshold=0.4))
    models = json.loads(manifest.read_text())["models"]
    assert [(model["sha256"], model["threshold"]) for model in models] == [(hashlib.sha256(b"second").hexdigest(), 0.4)]


def test_there_is_one_default_for_a_task(tmp_path):
    manifest = tmp_path / "manifest.json"
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"")
        write_entry(manifest, entry(name, name, default=True))
    models = json.loads(manifest.read_text())["models"]
    assert [model["name"] for model in models if model["default"]] == ["b"]


def test_a_new_version_of_the_default_stays_it(tmp_path):
    manifest = tmp_path / "manifest.json"
    (tmp_path / "a").write_bytes(b"")
    for wanted in (True, False):
        write_entry(manifest, entry("a", "a", default=wanted))
    assert json.loads(manifest.read_text())["models"][0]["default"]

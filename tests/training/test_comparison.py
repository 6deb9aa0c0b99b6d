"""The losses get the same start and the same budget, and what they came to stands side by side."""

import cv2
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnx")
pytest.importorskip("sklearn")
from tests.datasets import ByColour, write_celeba, write_pairs  # noqa: E402
from training import checkpoint, comparison  # noqa: E402
from training.embedder.network import FaceNetwork  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture
def trained(monkeypatch):
    """The options of each training; it leaves a network that has learned nothing."""
    calls = []

    def train(out, **options):
        calls.append({"out": out} | options)
        network = FaceNetwork("test_resnet", 32)
        checkpoint.save(out / "last.pt", network=network.shape, average=network.state_dict())

    monkeypatch.setattr(comparison, "train", train)
    return calls


def test_a_second_loss_goes_on_from_the_first_with_what_is_left_of_the_budget(trained, tmp_path):
    last = comparison.train_recipe(("ce", "arcface"), tmp_path, 100, "imagenet", seed=3)
    first, second = trained
    assert (first["loss"], first["steps"], first["init"]) == ("ce", 50, "imagenet")
    assert (second["loss"], second["steps"], second["init"]) == ("arcface", 50, str(first["out"] / "last.pt"))
    assert second["seed"] == 3
    assert last == second["out"] / "last.pt"


def test_all_losses_are_compared_on_the_same_budget(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(comparison, "exported", lambda network, path, name: ByColour())
    data, out = tmp_path / "data", tmp_path / "out"
    write_celeba(data, {2: 9}, 6)  # enough pairs for a rate of one in a hundred
    write_pairs(data)
    comparison.compare(out, lfw=data, celeba=data, init="start.pt", steps=20, batch=8, workers=1, half=True)
    folders = {call["out"].parent for call in trained}
    assert [sum(c["steps"] for c in trained if c["out"].parent == folder) for folder in folders] == [20] * 4
    assert [call["init"] for call in trained[:4]] == ["start.pt"] * 4
    assert {(call["workers"], call["half"]) for call in trained} == {(1, True)}
    lines = (out / "table.md").read_text().splitlines()
    assert lines[0].startswith("160 crops each")
    assert [line.split(" | ")[0] for line in lines[4:]] == [
        "| cross-entropy", "| batch-hard triplet", "| ArcFace", "| cross-entropy, then ArcFace",
    ]  # fmt: skip
    assert all("nan" not in line for line in lines)
    assert cv2.imread(str(out / "histograms.png")) is not None

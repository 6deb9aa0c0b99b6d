import math
from collections import OrderedDict

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.training

from models.align import TEMPLATE  # noqa: E402
from training import checkpoint  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.onnx import write_onnx  # noqa: E402
from training.landmarks import train as landmarks  # noqa: E402
from training.landmarks.train import LandmarkNet, laplace_loss, settle, start_from, train  # noqa: E402


def test_the_loss_is_the_weighted_laplace_likelihood_of_a_hand_computed_example():
    points, target = torch.zeros(1, 10), torch.zeros(1, 5, 2)
    target[0, 0, 0] = 0.3
    std = torch.full((1, 5), 0.1 * math.sqrt(2))  # scale 0.1
    expected = 0.1**0.5 * (10 * math.log(0.2) + 0.3 / 0.1) / 10
    assert laplace_loss(points, std, target).item() == pytest.approx(expected, rel=1e-5)


def test_the_loss_is_least_where_the_deviation_is_the_real_one():
    error = torch.from_numpy(np.random.default_rng(0).laplace(0, 0.05, (4000, 5, 2)))
    log_std = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    for _ in range(300):
        laplace_loss(torch.zeros(4000, 10), log_std.exp().expand(4000, 5), error, beta=0).backward()
        with torch.no_grad():
            log_std -= 0.1 * log_std.grad
            log_std.grad = None
    assert log_std.exp().item() == pytest.approx(error.std().item(), rel=0.05)


def test_an_uncertain_point_still_pulls_on_its_place():
    points = torch.zeros(1, 10, requires_grad=True)
    std = torch.tensor([[0.01, 0.16, 0.1, 0.1, 0.1]])
    laplace_loss(points, std, torch.ones(1, 5, 2)).backward()
    sure, unsure = points.grad[0, 0].item(), points.grad[0, 2].item()
    assert sure / unsure == pytest.approx(4, rel=1e-4)  # 16 without the weight


def test_a_new_network_places_the_mean_face_in_the_middle():
    points, std = LandmarkNet("mobilenetv2_050", 64).eval()(torch.zeros(2, 3, 64, 64))
    middle = points.view(2, 5, 2).mean(dim=(0, 1))
    assert points.shape == (2, 10) and std.shape == (2, 5) and (std > 0).all()
    torch.testing.assert_close(middle, torch.tensor([0.5, 0.5]), atol=0.05, rtol=0)


@pytest.fixture
def data(tmp_path):
    """Four tiny faces to train on, two to validate on."""
    (tmp_path / "images").mkdir()
    rows = ["file,split,source,width,height"]
    for index in range(6):
        cv2.imwrite(str(tmp_path / f"images/{index}.png"), np.full((112, 112, 3), 40 * index, np.uint8))
        numbers = ",".join(f"{number:.2f}" for number in TEMPLATE.flatten())
        rows.append(f"{index}.png,{'val' if index > 3 else 'train'},helen348,112,112,{numbers}")
    (tmp_path / "landmarks.csv").write_text("\n".join(rows))
    return tmp_path


@pytest.fixture
def small(monkeypatch):
    """A network of the same make that trains in a moment."""

    class Small(LandmarkNet):
        def __init__(self, arch: str = "", size: int = 96, pretrained: bool = False) -> None:
            super().__init__("mobilenetv2_050", size, pretrained)

    monkeypatch.setattr(landmarks, "LandmarkNet", Small)
    return Small


def test_a_run_trains_goes_on_where_it_stopped_and_exports(data, small, tmp_path):
    run = {"data": data, "batch": 2, "every": 1, "device": "cpu"}
    train(out=tmp_path / "whole", steps=2, **run)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landmarks.checkpoint, "save", _then_stop(checkpoint.save))
        with pytest.raises(KeyboardInterrupt):
            train(out=tmp_path / "parts", steps=2, **run)
    assert checkpoint.load(tmp_path / "parts" / "last.pt")["step"] == 1
    train(out=tmp_path / "parts", steps=2, **run)
    whole, parts = (checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    assert parts["step"] == 2 and set(parts["figures"]) == {"helen348"}
    log = (tmp_path / "parts/log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in log] == ["step", "1", "2"]
    assert (tmp_path / "parts/log.png").is_file()
    for name, value in whole["net"].items():
        torch.testing.assert_close(parts["net"][name], value, msg=name)

    net = small()
    start_from(net, tmp_path / "parts" / "last.pt")
    torch.testing.assert_close(net.state_dict()["head.weight"], parts["ema"]["head.weight"])
    write_onnx(net, torch.randn(2, 3, 96, 96), tmp_path / "net.onnx", ["points", "deviation"])
    again = small()
    start_from(again, tmp_path / "net.onnx")
    torch.testing.assert_close(again.head.bias, net.head.bias)


@pytest.mark.parametrize("every", [1, 3])
def test_a_run_whose_loss_is_no_number_ends_without_a_checkpoint_of_it(data, small, tmp_path, every):
    with pytest.raises(TrainingError, match="begin again with a smaller learning rate"):
        train(data, out=tmp_path, steps=3, batch=2, every=every, rate=math.nan, device="cpu")
    assert not (tmp_path / "last.pt").exists()


def test_settled_batch_norm_keeps_its_averages_while_the_weights_learn(small):
    net = small().train()
    settle(net)
    before = {name: value.clone() for name, value in net.named_buffers()}
    net(torch.randn(4, 3, 96, 96))[0].sum().backward()
    torch.testing.assert_close(dict(net.named_buffers()), before)
    assert all(weight.grad is not None for weight in net.backbone.parameters())


def test_a_runs_crops_have_the_size_that_its_checkpoint_tells(data, small, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        small, "forward", lambda net, crops: seen.append(crops.shape) or LandmarkNet.forward(net, crops)
    )
    train(data, out=tmp_path, steps=1, batch=2, size=96, device="cpu")
    assert {shape[2:] for shape in seen} == {(96, 96)}
    assert checkpoint.load(tmp_path / "last.pt")["config"]["size"] == 96


def test_a_backbones_own_weights_are_taken_and_another_networks_refused(small, tmp_path):
    net, source = small(), small().backbone.state_dict()
    checkpoint.save(tmp_path / "own.pt", **source)
    start_from(net, tmp_path / "own.pt")
    torch.testing.assert_close(net.backbone.state_dict(), source)
    checkpoint.save(tmp_path / "other.pt", conv=torch.zeros(3))
    with pytest.raises(TrainingError, match="another network"):
        start_from(net, tmp_path / "other.pt")


def test_an_exported_embedders_backbone_is_taken(small, tmp_path):
    net, backbone = small(), small().backbone
    write_onnx(
        torch.nn.Sequential(OrderedDict(backbone=backbone)), torch.randn(2, 3, 64, 64), tmp_path / "b.onnx", ["map"]
    )
    head = net.head.bias.clone()
    start_from(net, tmp_path / "b.onnx")
    taken = net.backbone.state_dict()
    for name, value in backbone.state_dict().items():
        torch.testing.assert_close(
            taken[name], value, rtol=2e-3, atol=1e-5, msg=name
        )  # they were stored in half precision
    torch.testing.assert_close(net.head.bias, head)


def _then_stop(save):
    def stopping(*arguments, **state):
        save(*arguments, **state)
        raise KeyboardInterrupt

    return stopping

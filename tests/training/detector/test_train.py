import csv
import math

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from models.runtime import preprocess  # noqa: E402
from training import checkpoint  # noqa: E402
from training.detector.crops import INPUT  # noqa: E402
from training.detector.train import build, decoding, freeze, initialise, train  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.detector import lean_back  # noqa: E402
from training.export.onnx import write_onnx  # noqa: E402
from training.run_log import note  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture
def data(tmp_path):
    """Two training pictures and a validation picture, each a bright face on a dark ground."""
    for split, names in (("train", "ab"), ("val", "c")):
        for folder in ("images", "labels"):
            (tmp_path / folder / split).mkdir(parents=True)
        for name in names:
            image = np.full((120, 160, 3), 40, np.uint8)
            image[30:60, 40:64] = 220
            cv2.imwrite(str(tmp_path / f"images/{split}/{name}.png"), image)
            (tmp_path / f"labels/{split}/{name}.txt").write_text("0 0.325 0.375 0.15 0.25\n")
    return tmp_path


def test_frozen_layers_keep_their_weights_and_statistics():
    model = build("yolov5n")
    freeze(model, 10)
    assert not any(parameter.requires_grad for parameter in model.model[:10].parameters())
    assert not any(module.training for module in model.model[9].modules())
    assert all(parameter.requires_grad for parameter in model.model[10].parameters())
    freeze(model, 0)
    assert all(parameter.requires_grad for parameter in model.model[0].parameters())


def test_an_export_finds_what_torch_finds_and_can_be_trained_on(tmp_path):
    torch.manual_seed(0)
    model = decoding(build("yolov5n"))
    path = tmp_path / "n.onnx"
    write_onnx(model, torch.rand(2, 3, 64, 96), path, ["detections"], free_size=True)
    again = build("yolov5n")
    initialise(again, str(path))
    images = torch.from_numpy(preprocess([np.full((64, 32, 3), 90, np.uint8)], INPUT))
    with torch.inference_mode():
        torch.testing.assert_close(decoding(again)(images), model(images), atol=0.05, rtol=0.01)
    assert any(name.endswith(".bn.running_var") for name in again.state_dict())
    freeze(again, 0)
    assert set(again(images)) == {"boxes", "scores", "feats"}  # a network to train, not a decoded one


def test_a_network_can_lean_back_to_what_it_was_trained_on_from(tmp_path):
    torch.manual_seed(0)
    before, after = decoding(build("yolov5n")), decoding(build("yolov5n"))
    write_onnx(before, torch.rand(2, 3, 64, 96), tmp_path / "n.onnx", ["detections"], free_size=True)
    name = "model.0.conv.weight"
    first, last = before.state_dict()[name].clone(), after.state_dict()[name].clone()
    lean_back(after, tmp_path / "n.onnx", 0.25)
    torch.testing.assert_close(after.state_dict()[name], 0.75 * last + 0.25 * first, atol=1e-3, rtol=0)
    assert not torch.equal(first, last)


def test_weights_of_another_network_are_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"head.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(TrainingError, match="another network"):
        initialise(build("yolov5n"), str(tmp_path / "other.safetensors"))


@pytest.mark.parametrize("name", ["cut.pt", "cut.safetensors", "cut.onnx"])
def test_what_holds_no_weights_to_begin_from_is_said_to_hold_none(tmp_path, name):
    (tmp_path / name).write_text("cut off")
    with pytest.raises(TrainingError, match=rf"{name} .*can be read"):
        initialise(build("yolov5n"), str(tmp_path / name))


@pytest.mark.parametrize("name", ["none.safetensors", "none.onnx"])
def test_there_has_to_be_a_file_to_begin_from(tmp_path, name):
    with pytest.raises(TrainingError, match=rf"{name} .*No such file"):
        initialise(build("yolov5n"), str(tmp_path / name))


def run(data, out, steps, **options):
    train(
        data, out, "yolov5n", None, steps=steps, batch=2, size=64, warmup=1, every=1, validate_every=steps, workers=0,
        device="cpu", subset=1, mosaics=0.25, **options,
    )  # fmt: skip
    return checkpoint.load(out / "last.pt")


def test_frozen_layers_stay_as_they_are_unless_they_are_thawed(data, tmp_path):
    for name, thaw, stays in (("frozen", None, True), ("thawed", 1, False)):
        torch.manual_seed(0)
        state = run(data, tmp_path / name, 2, frozen=10, thaw=thaw)
        torch.manual_seed(0)
        first = build("yolov5n").state_dict()["model.0.conv.weight"]
        assert torch.equal(state["model"]["model.0.conv.weight"], first) == stays


def test_a_run_can_begin_from_the_averaged_weights_of_another(data, tmp_path):
    state, name = run(data, tmp_path / "run", 2), "model.0.conv.weight"
    begun = build("yolov5n")
    initialise(begun, str(tmp_path / "run/last.pt"))
    assert torch.equal(begun.state_dict()[name], state["ema"][name])
    assert not torch.equal(state["ema"][name], state["model"][name])


def test_a_run_whose_loss_is_no_number_any_more_ends_with_the_last_good_checkpoint(data, tmp_path):
    run(data, tmp_path / "run", 1)
    with pytest.raises(TrainingError, match="begin again with a smaller learning rate"):
        run(data, tmp_path / "run", 3, lr=math.inf)
    assert checkpoint.load(tmp_path / "run/last.pt")["step"] == 1


def test_a_run_that_was_interrupted_goes_on_to_the_step(data, tmp_path):
    assert run(data, tmp_path / "run", 2)["step"] == 2
    note(tmp_path / "run/losses.csv", step=3, time="", box_loss=1, cls_loss=1, dfl_loss=1)  # and was cut off then
    state = run(data, tmp_path / "run", 3)
    assert state["step"] == 3
    assert state["config"]["name"] == "yolov5n"
    with (tmp_path / "run/losses.csv").open() as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    with (tmp_path / "run/figures.csv").open() as file:
        assert {"step", "ap50", "ap50_95", "recall"} <= set(csv.DictReader(file).fieldnames)
    assert all(cv2.imread(str(tmp_path / f"run/{name}.png")) is not None for name in ("losses", "figures"))

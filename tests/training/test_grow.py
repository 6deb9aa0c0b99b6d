import pytest

torch = pytest.importorskip("torch")

from ultralytics.nn.tasks import DetectionModel  # noqa: E402

from training.errors import TrainingError  # noqa: E402
from training.grow import grow, read_checkpoint, widened  # noqa: E402

pytestmark = pytest.mark.training


def random_network(name):
    """A YOLOv5 with random weights and batch statistics that are far from their initial values."""
    torch.manual_seed(0)
    model = DetectionModel(f"{name}.yaml", verbose=False).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.8, 1.6)
            module.bias.data.normal_(0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.3, 1)
    return model


def features(model, images):
    """The three maps that the head reads."""
    maps = []
    for layer in model.model[:-1]:
        sources = [layer.f] if isinstance(layer.f, int) else layer.f
        inputs = [images if not maps else maps[source] for source in sources]
        maps.append(layer(inputs if len(inputs) > 1 else inputs[0]))
    return [maps[index] for index in (17, 20, 23)]


def test_the_grown_network_computes_the_features_of_the_small_one():
    small, medium = random_network("yolov5s"), random_network("yolov5m")
    left_out = medium.load_state_dict(grow(small.state_dict(), noise=0), strict=False)
    assert all(name.startswith("model.24.") for name in left_out.missing_keys)
    assert not left_out.unexpected_keys
    with torch.inference_mode():
        images = torch.rand(1, 3, 64, 64)
        for wanted, found in zip(features(small, images), features(medium, images), strict=True):
            copied = wanted[:, widened(wanted.shape[1])]
            assert (found - copied).abs().mean() < 0.05 * copied.abs().mean()


def test_noise_lets_the_copies_of_a_channel_part_ways():
    torch.manual_seed(0)
    weight = grow(random_network("yolov5s").state_dict())["model.0.conv.weight"]
    copies = weight[32:], weight[:16]
    assert not torch.equal(*copies)
    torch.testing.assert_close(*copies, atol=0.2 * weight.std().item(), rtol=0)


def test_joined_maps_are_widened_one_by_one():
    assert widened(4, 2).tolist() == [0, 1, 2, 3, 0, 1, 4, 5, 4]


def test_weights_of_another_network_are_refused():
    with pytest.raises(TrainingError, match="YOLOv5s"):
        grow({"model.0.conv.weight": torch.zeros(32, 3, 6, 6)})


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / "yolov5s.pt").write_text("nothing")
    with pytest.raises(TrainingError, match="checkpoint"):
        read_checkpoint(tmp_path / "yolov5s.pt")

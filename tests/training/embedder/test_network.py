"""Shapes of the embedder's network, and what it takes over from other weights."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")
from training import checkpoint  # noqa: E402
from training.embedder.network import FaceNetwork, initialise, load_network  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.onnx import write_onnx  # noqa: E402

pytestmark = pytest.mark.training


def small(**options):
    return FaceNetwork(**{"arch": "test_resnet", "size": 32, **options})


def saved(network, path):
    checkpoint.save(path, network=network.shape, average=network.state_dict())
    return path


def test_vectors_have_512_numbers_and_unit_length():
    vectors = small()(torch.randn(4, 3, 32, 32))
    assert vectors.shape == (4, 512)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(4))


def test_an_averaging_network_takes_other_sizes():
    assert small().eval()(torch.randn(2, 3, 96, 96)).shape == (2, 512)


def test_a_flat_network_keeps_the_places_of_its_map():
    flat, averaging = small(size=64, flat=True), small(size=64)
    assert flat.neck[3].in_features == 4 * averaging.neck[3].in_features


def test_weighted_places_begin_as_their_mean_at_whatever_size(tmp_path):
    averaging = small(size=64)
    path = tmp_path / "averaging.onnx"
    write_onnx(averaging, torch.randn(2, 3, 64, 64), path, ["embedding"])
    weighted = small(size=128, weighted=True)
    initialise(weighted, path)
    images = torch.randn(2, 3, 128, 128)
    torch.testing.assert_close(weighted.eval()(images), averaging.eval()(images), atol=1e-3, rtol=0)
    again = load_network(saved(weighted, tmp_path / "last.pt")).eval()
    assert torch.equal(again(images), weighted(images))


def test_weighted_places_learn():
    network = small(size=64, weighted=True)
    network(torch.randn(4, 3, 64, 64))[:, 0].sum().backward()
    assert network.neck[0].weight.grad.abs().sum() > 0


def test_places_are_kept_or_averaged_but_not_both():
    with pytest.raises(TrainingError, match="choose one"):
        small(flat=True, weighted=True)


@pytest.mark.parametrize(
    ("arch", "frozen", "free"),
    [
        ("resnet18", ("conv1.", "bn1.", "layer1.0."), "layer1.1."),
        ("rexnet_100", ("stem.", "features.0."), "features.1."),
    ],
)
def test_the_stem_and_the_first_block_stay_as_they_are(arch, frozen, free):
    network = FaceNetwork(arch, 32)
    before = {name: value.clone() for name, value in network.backbone.state_dict().items()}
    network.freeze(2)
    network.train()
    network(torch.randn(4, 3, 32, 32)).sum().backward()
    torch.optim.SGD(network.parameters(), 0.1, weight_decay=0.1).step()
    moved = [name for name, value in network.backbone.state_dict().items() if not torch.equal(value, before[name])]
    assert any(name.startswith(free) for name in moved)
    assert not any(name.startswith(frozen) for name in moved)


def test_a_checkpoint_gives_the_network_back(tmp_path):
    network = small(size=64, flat=True).eval()
    loaded = load_network(saved(network, tmp_path / "last.pt")).eval()
    images = torch.randn(2, 3, 64, 64)
    assert torch.equal(loaded(images), network(images))
    assert loaded.input.width == 64


def test_a_checkpoint_of_another_size_gives_its_backbone(tmp_path):
    source, network = small(size=64, flat=True), small(size=128, flat=True)
    initialise(network, saved(source, tmp_path / "last.pt"))
    for name, value in source.backbone.state_dict().items():
        assert torch.equal(network.backbone.state_dict()[name], value)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A flat network with norms that have seen something, and its ONNX file."""
    network = small(size=128, flat=True)
    with torch.no_grad():
        for _ in range(10):
            network(torch.randn(16, 3, 128, 128))
    path = tmp_path_factory.mktemp("exported") / "flat.onnx"
    write_onnx(network, torch.randn(2, 3, 128, 128), path, ["embedding"])
    return network.eval(), path


def likeness(one, other):
    images = torch.randn(8, 3, 128, 128)
    with torch.no_grad():
        return (one.eval()(images) * other.eval()(images)).sum(1).mean().item()


def test_a_finer_map_begins_with_the_same_vectors(exported):
    source, path = exported
    finer = small(size=128, flat=True, stride=16)
    initialise(finer, path)
    assert finer.neck[3].in_features == 4 * source.neck[3].in_features
    assert likeness(finer, source) > 0.9999


def test_a_narrowed_map_begins_with_nearly_the_same_vectors(exported):
    source, path = exported
    wide = source.neck[1].num_features
    alike = []
    for channels in (wide // 4, wide // 2, wide):
        narrow = small(size=128, flat=True, stride=16, channels=channels)
        initialise(narrow, path)
        alike.append(likeness(narrow, source))
    assert alike == sorted(alike)
    assert alike[-1] > 0.9999


def test_a_narrowed_network_is_begun_from_its_own_file(exported, tmp_path):
    narrow = small(size=128, flat=True, channels=8).eval()
    write_onnx(narrow, torch.randn(2, 3, 128, 128), tmp_path / "narrow.onnx", ["embedding"])
    again = small(size=128, flat=True, channels=8)
    initialise(again, tmp_path / "narrow.onnx")
    assert likeness(again, narrow) > 0.9999


def test_a_checkpoint_tells_the_map_and_its_channels(tmp_path):
    network = small(size=64, flat=True, stride=16, channels=8)
    assert load_network(saved(network, tmp_path / "last.pt")).shape == network.shape


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    checkpoint.save(tmp_path / "other.pt", weights={})
    with pytest.raises(TrainingError, match=r"not a checkpoint of training\.embedder"):
        load_network(tmp_path / "other.pt")


def test_a_missing_checkpoint_is_told(tmp_path):
    with pytest.raises(TrainingError, match="There is no checkpoint"):
        load_network(tmp_path / "last.pt")


def test_a_damaged_checkpoint_is_told(tmp_path):
    (tmp_path / "last.pt").write_bytes(b"half a file")
    with pytest.raises(TrainingError, match="not a checkpoint that can be read"):
        load_network(tmp_path / "last.pt")


def test_an_interrupted_save_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "last.pt"
    checkpoint.save(path, step=1)

    def fail(state, part):
        part.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint.torch, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(path, step=2)
    assert checkpoint.load(path) == {"step": 1}

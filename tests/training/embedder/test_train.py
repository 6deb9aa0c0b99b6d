"""Short runs of the training script on made-up faces, with a small network."""

import math
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("albumentations")
pytest.importorskip("onnxruntime")
from models.embedder import Embedder  # noqa: E402
from models.manifest import ModelEntry, digest  # noqa: E402
from models.runtime import Network  # noqa: E402
from training import checkpoint  # noqa: E402
from training.embedder import train as embedder  # noqa: E402
from training.embedder.classes import imprint  # noqa: E402
from training.embedder.faces import FaceBatches, read_faces  # noqa: E402
from training.embedder.losses import ArcFace  # noqa: E402
from training.embedder.network import FaceNetwork, initialise, load_network  # noqa: E402
from training.embedder.teacher import Teacher  # noqa: E402
from training.embedder.validation import embed, two_each  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.onnx import write_onnx  # noqa: E402

pytestmark = pytest.mark.training

SMALL = {"arch": "test_resnet", "size": 32, "batch": 8, "least": 2, "warmup": 2, "lr": 0.02, "device": "cpu"}


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """Six people to train on and two to validate on; a colour each."""
    folder = tmp_path_factory.mktemp("faces")
    random = np.random.default_rng(0)
    people = np.repeat(np.arange(8), 6)
    crops = random.integers(0, 256, (8, 1, 1, 3))[people] + random.integers(-20, 20, (48, 112, 112, 3))
    np.save(folder / "crops.npy", crops.clip(0, 255).astype(np.uint8))
    points = np.tile(np.array([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]], np.float32), (48, 1, 1))
    files = np.array([f"{row:03}.jpg" for row in range(48)])
    np.savez(folder / "crops.npz", files=files, people=people, points=points, partition=(people > 5).astype(np.int64))
    return folder


@pytest.fixture(scope="module")
def trained(faces, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained")
    embedder.train(out, faces, steps=6, **SMALL)
    return out / "last.pt"


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(faces, tmp_path, monkeypatch):
    saved, save = tmp_path / "third.pt", checkpoint.save

    def keep_the_third(path, **state):
        save(path, **state)
        if state["step"] == 3:
            shutil.copy(path, saved)

    monkeypatch.setattr(embedder.checkpoint, "save", keep_the_third)
    embedder.train(tmp_path / "whole", faces, steps=6, every=0, **SMALL)
    (tmp_path / "resumed").mkdir()
    saved.rename(tmp_path / "resumed" / "last.pt")
    embedder.train(tmp_path / "resumed", faces, steps=6, **SMALL)
    whole, resumed = (checkpoint.load(tmp_path / run / "last.pt") for run in ("whole", "resumed"))
    for part in ("weights", "average", "head"):
        for name, value in whole[part].items():
            assert torch.equal(value, resumed[part][name]), name


def test_a_run_whose_loss_is_no_number_any_more_ends_with_the_last_good_checkpoint(faces, tmp_path):
    embedder.train(tmp_path, faces, steps=1, **SMALL)
    with pytest.raises(TrainingError, match="begin again with a smaller learning rate"):
        embedder.train(tmp_path, faces, steps=4, **SMALL | {"lr": math.nan})
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 1


def test_a_run_with_other_people_does_not_go_on(faces, tmp_path):
    (tmp_path / "clean.csv").write_text("action,what,into,score\ndrop,000.jpg,,0.1\n")
    embedder.train(tmp_path, faces, steps=1, clean=tmp_path / "clean.csv", **SMALL | {"least": 6})
    with pytest.raises(TrainingError, match="another run"):
        embedder.train(tmp_path, faces, steps=2, **SMALL)


def test_the_log_has_a_line_for_every_checkpoint(trained):
    lines = (trained.parent / "log.csv").read_text().splitlines()
    assert lines[0].startswith("step,loss,lr,unseen_tpr_at_fpr_0.01,unseen_tpr_at_fpr_0.001,known_tpr_at_fpr_0.01")
    assert [line.split(",")[0] for line in lines[1:]] == ["6"]
    assert (trained.parent / "log.png").is_file()


def test_measuring_leaves_the_network_training(faces):
    # The original never came back from evaluation mode.
    network = FaceNetwork("test_resnet", 32)
    embed(network, read_faces(faces), np.arange(4), network.input)
    assert all(module.training for module in network.modules())


def test_the_arcface_stage_trains_with_arcface(faces, trained, tmp_path, monkeypatch):
    # The original gave its ArcFace stage the cross-entropy loss.
    margins = []

    def with_margin(self, own):
        margins.append(self.margin)
        return own

    monkeypatch.setattr(ArcFace, "with_margin", with_margin)
    embedder.train(tmp_path, faces, loss="arcface", init=str(trained), steps=4, margin=0.4, ramp=2, **SMALL)
    assert margins == pytest.approx([0, 0.2, 0.4, 0.4])


def test_a_list_of_wrong_labels_is_heeded(faces, tmp_path):
    lines = ["action,what,into,score", "merge,1,2,0.9", "merge,3,2,0.9", "drop,000.jpg,,0.1"]
    (tmp_path / "clean.csv").write_text("\n".join(lines))
    embedder.train(tmp_path, faces, clean=tmp_path / "clean.csv", **SMALL | {"least": 6}, steps=1)
    head = checkpoint.load(tmp_path / "last.pt")["head"]
    assert len(head["weight"]) == 3  # of six people, two are others and one has five crops left


def test_triplets_train_too(faces, tmp_path):
    embedder.train(tmp_path, faces, loss="triplet", steps=2, **SMALL)
    assert (tmp_path / "last.pt").is_file()


def test_a_student_comes_nearer_to_its_teacher(faces, trained, tmp_path):
    embedder.train(tmp_path, faces, loss="teacher", teacher=trained, steps=40, degrade=0.0, **SMALL)
    data, rows = read_faces(faces), np.arange(36)
    teacher, student = load_network(trained), load_network(tmp_path / "last.pt")
    fresh = FaceNetwork("test_resnet", 32)
    taught = embed(teacher, data, rows, teacher.input)
    before, after = ((embed(network, data, rows, network.input) * taught).sum(1).mean() for network in (fresh, student))
    assert after > before + 0.2


def test_a_teacher_helps_in_half_precision_too(faces, trained, tmp_path):
    embedder.train(tmp_path, faces, loss="teacher", teacher=trained, steps=2, half=True, **SMALL)
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 2


def test_a_teacher_sees_each_crop_once(faces, trained):
    teacher = Teacher(load_network(trained), read_faces(faces))
    first = teacher(torch.tensor([3, 5]))
    teacher.network = None
    assert torch.equal(teacher(torch.tensor([5, 3])), first.flip(0))


def test_classes_begin_as_the_mean_of_their_crops(faces, trained):
    data, network = read_faces(faces), load_network(trained)
    rows = data.rows(0, 2)
    batches = FaceBatches(data, rows, network.input, 8)
    head = ArcFace(6)
    imprint(head, network, batches, 2)
    own = embed(network, data, rows[:2], network.input).mean(0)
    torch.testing.assert_close(head.weight[0].detach(), own / own.norm())


def test_classes_are_carried_over_by_their_people(faces, trained, tmp_path):
    state = checkpoint.load(trained)
    (tmp_path / "clean.csv").write_text("action,what,into,score\nmerge,1,2,0.9\n")
    embedder.train(tmp_path, faces, clean=tmp_path / "clean.csv", init=str(trained), steps=1, **SMALL | {"lr": 0.0})
    after = checkpoint.load(tmp_path / "last.pt")
    assert after["people"].tolist() == [0, 2, 3, 4, 5]
    assert torch.equal(after["head"]["weight"], state["head"]["weight"][[0, 2, 3, 4, 5]])


def test_people_whom_a_checkpoint_does_not_know_begin_by_their_crops(faces, trained, tmp_path):
    state = checkpoint.load(trained)
    few = {**state, "people": state["people"][:3], "head": {"weight": state["head"]["weight"][:3]}}
    checkpoint.save(tmp_path / "few.pt", **few)
    embedder.train(tmp_path / "more", faces, init=str(tmp_path / "few.pt"), steps=1, **SMALL | {"lr": 0.0})
    weight = checkpoint.load(tmp_path / "more" / "last.pt")["head"]["weight"]
    assert torch.equal(weight[:3], state["head"]["weight"][:3])
    torch.testing.assert_close(weight[3:].norm(dim=1), torch.ones(3))


def test_classes_begin_as_the_means_of_given_vectors(faces, tmp_path):
    vectors = np.random.default_rng(0).normal(size=(48, 512)).astype(np.float16)
    np.save(tmp_path / "vectors.npy", vectors)
    embedder.train(tmp_path, faces, vectors=tmp_path / "vectors.npy", steps=1, **SMALL | {"lr": 0.0})
    mean = vectors[6:12].astype(np.float32).mean(0)
    weight = checkpoint.load(tmp_path / "last.pt")["head"]["weight"]
    np.testing.assert_allclose(weight[1].numpy(), mean / np.linalg.norm(mean), atol=1e-5)


@pytest.mark.parametrize("option", ["vectors", "crowds"])
@pytest.mark.parametrize("there", [True, False])
def test_vectors_of_other_crops_are_refused(faces, tmp_path, there, option):
    if there:
        np.save(tmp_path / "vectors.npy", np.zeros((3, 512), np.float16))
    with pytest.raises(TrainingError, match="fewer than there are crops" if there else "There is no file"):
        embedder.train(tmp_path, faces, **{option: tmp_path / "vectors.npy"}, steps=1, **SMALL)


def test_a_run_sees_people_in_crowds_more_often(faces, tmp_path, capsys):
    np.save(tmp_path / "vectors.npy", np.random.default_rng(0).normal(size=(48, 512)).astype(np.float16))
    embedder.train(tmp_path, faces, crowds=tmp_path / "vectors.npy", steps=9, **SMALL)
    # Of 36 crops of six people, the six of the most crowded come four times: 54 in an epoch, and 72 are seen.
    assert "6 people, 36 crops, 1.3 epochs" in capsys.readouterr().out


def test_two_crops_of_each_of_some_people():
    people = np.array([4, 7, 4, 9, 7, 4])
    places = two_each(people, 5)
    assert sorted(people[places].tolist()) == [4, 4, 7, 7]
    assert len(set(places.tolist())) == 4
    assert len(two_each(people, 1)) == 2


def test_half_precision_trains_the_head_too(faces, tmp_path):
    embedder.train(tmp_path, faces, loss="arcface", steps=3, half=True, **SMALL)
    weight = checkpoint.load(tmp_path / "last.pt")["head"]["weight"]
    assert weight.dtype == torch.float32
    assert weight.isfinite().all()


def test_norms_and_biases_do_not_decay():
    decayed, free = embedder.parameter_groups([FaceNetwork("test_resnet", 32)], 0.1)
    assert (decayed["weight_decay"], free["weight_decay"]) == (0.1, 0.0)
    assert {parameter.ndim for parameter in free["params"]} == {1}
    assert 1 not in {parameter.ndim for parameter in decayed["params"]}


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    network, path = load_network(trained), tmp_path_factory.mktemp("exported") / "small.onnx"
    write_onnx(network, torch.randn(2, 3, 32, 32), path, ["embedding"])
    return ModelEntry("small", "embedding", path, digest(path), network.input)


def test_the_exported_network_is_the_trained_one(faces, trained, exported):
    data, network = read_faces(faces), load_network(trained)
    expected = embed(network, data, np.arange(5), network.input)
    vectors = Embedder(Network(exported)).embed(data.crops[:5])
    np.testing.assert_allclose(vectors, expected.numpy(), atol=5e-3)


def test_training_begins_from_an_exported_network(trained, exported):
    network, source = FaceNetwork("test_resnet", 32), load_network(trained)
    initialise(network, exported.path)
    images = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(network.eval()(images), source.eval()(images), atol=5e-3, rtol=0)


def test_an_unknown_loss_is_refused(faces, tmp_path):
    with pytest.raises(TrainingError, match="no loss softmax"):
        embedder.train(tmp_path, faces, loss="softmax")


def test_an_unknown_optimizer_is_refused(faces, tmp_path):
    with pytest.raises(TrainingError, match="no optimizer adam:"):
        embedder.train(tmp_path, faces, optimizer="adam", **SMALL)


def test_weights_of_another_backbone_are_refused(tmp_path):
    torch.save({"conv.weight": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match="not hold the weights of test_resnet"):
        initialise(FaceNetwork("test_resnet", 32), tmp_path / "other.pt")

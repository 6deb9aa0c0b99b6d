"""A network that was not trained at all is shipped, with everything that belongs to it."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("sklearn")
from models.manifest import read_manifest  # noqa: E402
from models.scores import ScoreSet, read_scores, scores_path  # noqa: E402
from tests.datasets import write_celeba, write_pairs  # noqa: E402
from training import checkpoint  # noqa: E402
from training.embedder.network import FaceNetwork  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.export.embedder import main  # noqa: E402

pytestmark = pytest.mark.training


def test_one_that_cannot_be_measured_leaves_nothing_behind(tmp_path):
    network = FaceNetwork("test_resnet", 32)
    checkpoint.save(tmp_path / "last.pt", network=network.shape, average=network.state_dict())
    with pytest.raises(TrainingError, match="is missing"):
        main(tmp_path / "last.pt", "small", tmp_path / "weights", tmp_path / "nowhere", tmp_path / "nowhere")
    assert list((tmp_path / "weights").iterdir()) == []


PEOPLE = {1: 40, 2: 4}  # in each partition: as many as a threshold and a score set take, and some to measure on
PICTURES = 8  # of each, as many as a score set takes


def test_an_embedder_is_shipped_with_its_own_score_set_in_place_of_an_older_ones(tmp_path):
    data = tmp_path / "data"
    write_celeba(data, PEOPLE, PICTURES)
    write_pairs(data)
    network = FaceNetwork("test_resnet", 32)
    checkpoint.save(tmp_path / "last.pt", network=network.shape, average=network.state_dict())
    weights = tmp_path / "weights"
    weights.mkdir()
    older = ScoreSet("a" * 64, np.array([1]), np.zeros((1, 1, 1), np.float32), np.array([0]))
    older.write(scores_path(weights / "small.onnx"))

    main(tmp_path / "last.pt", "small", weights, data, data, by_size=False)

    (entry,) = read_manifest(weights / "manifest.json")
    found = read_scores(entry.verified())
    assert found is not None
    assert found.scores.shape[2] == PEOPLE[1]
    assert entry.default
    assert set(entry.metrics) == {"lfw", "celeba_held_out"}
    assert sorted(path.name for path in weights.iterdir()) == ["manifest.json", "small.onnx", "small.scores.npz"]

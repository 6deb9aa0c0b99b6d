"""A network that was not trained at all is shipped, with everything that belongs to it."""

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("sklearn")
from models.align import TEMPLATE  # noqa: E402
from models.manifest import read_manifest  # noqa: E402
from models.scores import ScoreSet, read_scores, scores_path  # noqa: E402
from training import checkpoint  # noqa: E402
from training.export_embedder import main  # noqa: E402
from training.networks import FaceNetwork  # noqa: E402

pytestmark = pytest.mark.training

PEOPLE = {1: 40, 2: 4}  # in each partition: as many as a threshold and a score set take, and some to measure on
PICTURES = 8  # of each, as many as a score set takes


@pytest.fixture
def data(tmp_path):
    """A folder in CelebA's layout and LFW's: a colour for each person, and all of a person's pictures alike."""
    folder = tmp_path / "data"
    (folder / "img_celeba").mkdir(parents=True)
    marks = [str(number) for number in TEMPLATE.ravel()]
    identities, points, partition = [], [], []
    for person, part in enumerate(np.repeat(list(PEOPLE), list(PEOPLE.values()))):
        colour = np.random.default_rng(person).integers(0, 256, 3)
        for picture in range(PICTURES):
            name = f"{person}_{picture}.png"
            cv2.imwrite(str(folder / "img_celeba" / name), np.full((112, 112, 3), colour, np.uint8))
            identities.append(f"{name} {person}")
            points.append(" ".join([name, *marks]))
            partition.append(f"{name} {part}")
    (folder / "identity_CelebA.txt").write_text("\n".join(identities))
    (folder / "list_landmarks_celeba.txt").write_text("\n".join(points))
    (folder / "list_eval_partition.txt").write_text("\n".join(partition))

    names = [f"img_celeba/{person}_{picture}.png" for person in (0, 1) for picture in (0, 1)]
    header = ["file", *(f"n{i}" for i in range(10))]
    (folder / "landmarks.csv").write_text("\n".join(",".join(row) for row in (header, *([n, *marks] for n in names))))
    pairs = [f"{fold},{int(other == 1)},{names[0]},{names[other]}" for fold in (0, 1) for other in (1, 2, 3)]
    (folder / "pairs.csv").write_text("\n".join(["fold,same,a,b", *pairs]))
    return folder


def test_an_embedder_is_shipped_with_its_own_score_set_in_place_of_an_older_ones(data, tmp_path):
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

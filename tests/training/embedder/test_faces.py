"""What a training step sees: clean rows, the same batch whenever it is asked for, people enough for triplets."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("albumentations")
from models.manifest import ModelInput  # noqa: E402
from training.data.celeba import CelebA  # noqa: E402
from training.embedder.faces import FaceBatches, Faces, Mask, augmentation, read_faces  # noqa: E402
from training.errors import TrainingError  # noqa: E402

pytestmark = pytest.mark.training

INPUT = ModelInput(32, 32, "rgb", (0.0, 0.0, 0.0), (255.0, 255.0, 255.0))


def faces(people=6, pictures=5):
    count = people * pictures
    points = np.tile(np.array([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]], np.float32), (count, 1, 1))
    lists = CelebA(
        np.array([f"{row:03}.jpg" for row in range(count)]), np.repeat(np.arange(people) + 50, pictures), points,
        np.zeros(count, np.int64),
    )  # fmt: skip
    crops = np.random.default_rng(0).integers(0, 256, (count, 112, 112, 3), dtype=np.uint8)
    return Faces(crops, lists)


def batches(**options):
    data = faces()
    return FaceBatches(data, np.arange(len(data.lists)), INPUT, **{"batch": 8, "degrade": 0.5, **options})


def test_a_step_sees_the_same_batch_whenever_it_is_asked_for():
    first, again = batches(), batches()
    for step in (0, 1, 7):
        again[step + 1]  # other steps in between do not matter
        one, other = first[step], again[step]
        assert torch.equal(one.images, other.images)
        assert torch.equal(one.labels, other.labels)


def test_an_epoch_sees_every_crop_once():
    made = batches(batch=6)
    rows = torch.cat([made[step].rows for step in range(5)])
    assert sorted(rows.tolist()) == list(range(30))


def test_labels_number_the_people_from_zero():
    batch = batches()[0]
    assert torch.equal(batch.labels, batch.rows // 5)
    assert batch.images.shape == (8, 3, 32, 32)
    assert batch.images.dtype == torch.float32


def test_triplet_batches_hold_several_crops_of_each_person():
    batch = batches(per_person=4)[3]
    _, counts = batch.labels.unique(return_counts=True)
    assert counts.tolist() == [4, 4]
    assert len(set(batch.rows.tolist())) == 8


def test_without_degradation_a_crop_is_only_mirrored():
    crop = faces().crops[0]
    augment = augmentation(0.0)
    seen = [augment(image=crop)["image"] for _ in range(8)]
    assert all(np.array_equal(one, crop) or np.array_equal(one, crop[:, ::-1]) for one in seen)


def test_a_mask_covers_nose_and_mouth_in_one_colour_and_leaves_the_eyes():
    crop = faces().crops[0]
    mask = Mask(p=1.0)
    for seed in range(8):
        mask.set_random_seed(seed)
        masked = mask(image=crop)["image"]
        assert np.array_equal(masked[:52], crop[:52])
        mouth = masked[88:93, 50:62].reshape(-1, 3)
        assert (mouth == mouth[0]).all()


def test_rows_pass_the_cleaning_rules():
    data = faces()
    data.lists.points[0, 2, 0] = 90  # a nose outside of the eyes
    data.lists.partition[5:10] = 1
    data.lists.partition[10:12] = 2  # leaves a person three training crops
    assert set(data.rows(0, 4)) == set(range(1, 5)) | set(range(15, 30))
    assert set(data.rows(0, 4, turned=True)) == set(range(5)) | set(range(15, 30))


def test_crops_that_are_not_packed_yet_are_told(tmp_path):
    with pytest.raises(TrainingError, match=r"training\.prepare faces"):
        read_faces(tmp_path)

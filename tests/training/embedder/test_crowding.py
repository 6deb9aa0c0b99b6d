"""Who is seen more often than others."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch.nn.functional import normalize  # noqa: E402

from training.embedder.crowding import by_crowding, crowding, turns  # noqa: E402

pytestmark = pytest.mark.training


def test_a_crowd_is_told_by_its_nearest_neighbours():
    random = torch.Generator().manual_seed(0)
    crowd = normalize(torch.randn(25, 64, generator=random) * 0.1 + torch.eye(64)[0])
    others = normalize(torch.randn(175, 64, generator=random))
    measured = crowding(torch.cat([others, crowd]))
    assert measured[175:].min() > measured[:175].max()


def test_two_people_have_one_neighbour_each():
    torch.testing.assert_close(crowding(torch.tensor([[1.0, 0.0], [0.6, 0.8]])), torch.tensor([0.6, 0.6]))


def test_the_most_crowded_are_seen_four_times_and_nine_in_ten_once():
    often = turns(torch.linspace(1, 0, 1000)[torch.randperm(1000, generator=torch.Generator().manual_seed(0))])
    assert np.bincount(often).tolist() == [0, 900, 50, 25, 25]


def test_each_crop_of_a_crowded_person_comes_again(tmp_path):
    people = np.repeat(np.arange(40), 3)
    vectors = np.repeat(np.eye(64)[:40], 3, axis=0)
    vectors[:6] += np.eye(64)[63]  # the first two people are alike
    np.save(tmp_path / "vectors.npy", vectors.astype(np.float16))
    seen = by_crowding(np.arange(120), people, tmp_path / "vectors.npy")
    assert seen[:120].tolist() == list(range(120))
    assert np.bincount(seen, minlength=120)[:6].tolist() in ([4, 4, 4, 3, 3, 3], [3, 3, 3, 4, 4, 4])

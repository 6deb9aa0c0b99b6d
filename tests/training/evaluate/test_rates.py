"""Rates counted by hand."""

import numpy as np
import pytest

from training.evaluate.rates import pair_scores, tpr_at


def test_a_rate_counts_the_genuine_above_the_impostors_share():
    impostor = np.arange(100) / 100  # ten of them lie above .89
    genuine = np.array([0.5, 0.89, 0.9, 0.95])
    assert tpr_at(genuine, impostor, [0.1]) == {"0.1": 0.5}


def test_no_rate_rests_on_fewer_than_ten_impostors():
    assert tpr_at(np.ones(5), np.arange(99) / 100, [0.1, 0.5]) == {"0.5": 1.0}


def test_every_pair_is_counted_once():
    embeddings = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    same, different = pair_scores(embeddings, np.array([7, 7, 8]))
    assert same.tolist() == [1.0]
    assert different.tolist() == [0.0, 0.0]


def test_all_impostors_may_pass():
    assert tpr_at(np.array([-1.0, 1.0]), np.linspace(0, 1, 20), [1.0])["1"] == pytest.approx(1.0)

"""Which threshold is in force."""

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, scores_path
from stream.gallery.calibrate import SETTING, Calibration, Estimate
from stream.gallery.threshold import threshold_for
from stream.recognizer import Recognizer
from tests.people import DIGEST, enrol


def embedder(threshold=0.5, digest=DIGEST, path=Path("own.onnx")):
    taken = ModelInput(112, 112, "rgb", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    entry = ModelEntry("own", "embedding", path, digest, taken, threshold)
    return SimpleNamespace(digest=digest, network=SimpleNamespace(entry=entry))


def with_score_set(folder, people=100):
    """An embedder whose strangers' scores are normal, with a standard deviation of .2."""
    scores = np.random.default_rng(0).normal(0, 0.2, size=(3 * people, 1, people)).astype(np.float32)
    strangers = np.arange(3 * people) % people
    scores[np.arange(3 * people), 0, strangers] = np.nan
    ScoreSet(DIGEST, np.array([1]), scores, strangers).write(scores_path(folder / "own.onnx"))
    return embedder(path=folder / "own.onnx")


def calibrated(database, threshold=0.7):
    found = Calibration(
        digest=DIGEST, date="2026-01-01T00:00:00+00:00", far=0.01, threshold=Estimate(threshold, 0.6, 0.8),
        rate=Estimate(0.01, 0.0, 0.1), named=None, people=2, pictures=2, repeated=0, strangers=100,
    )  # fmt: skip
    database.set_setting(SETTING, asdict(found))


def test_what_the_user_wants_comes_first_then_the_calibration_then_the_embedders_own(fresh_db):
    assert threshold_for(embedder(), fresh_db) == 0.5
    calibrated(fresh_db)
    assert threshold_for(embedder(), fresh_db) == 0.7
    assert threshold_for(embedder(), fresh_db, 0.6) == 0.6


def test_a_recognizer_goes_by_the_threshold_in_force_now(fresh_db):
    recognizer = Recognizer(fresh_db, SimpleNamespace(embedder=embedder()))
    assert recognizer.rule.threshold == 0.5
    calibrated(fresh_db)
    assert recognizer.rule.threshold == 0.7


def test_the_calibration_of_another_embedder_does_not_count(fresh_db):
    calibrated(fresh_db)
    assert threshold_for(embedder(digest="b" * 64), fresh_db) == 0.5


def test_an_embedder_without_any_threshold_is_told(fresh_db):
    with pytest.raises(ModelError, match=r'add "threshold" .* beside own\.onnx, or give --threshold where'):
        threshold_for(embedder(threshold=None), fresh_db)
    calibrated(fresh_db)
    assert threshold_for(embedder(threshold=None), fresh_db) == 0.7


def test_a_larger_gallery_asks_for_a_higher_threshold(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    assert threshold_for(own, fresh_db) == 0.5  # nobody is enrolled
    enrol(fresh_db, "Ada")
    assert threshold_for(own, fresh_db) == pytest.approx(2.33 * 0.2, abs=0.02)  # one in a hundred
    for number in range(9):
        enrol(fresh_db, f"person {number}")
    assert threshold_for(own, fresh_db) == pytest.approx(3.09 * 0.2, abs=0.02)  # in ten times as many
    calibrated(fresh_db)
    assert threshold_for(own, fresh_db) == 0.7

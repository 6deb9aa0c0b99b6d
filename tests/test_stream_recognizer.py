"""Which threshold is in force."""

from dataclasses import asdict
from types import SimpleNamespace

import pytest

from models.errors import ModelError
from stream.calibrate import SETTING, Calibration, Estimate
from stream.recognizer import threshold_for
from tests.people import DIGEST


def embedder(threshold=0.5, digest=DIGEST):
    return SimpleNamespace(
        digest=digest, network=SimpleNamespace(entry=SimpleNamespace(name="own", threshold=threshold))
    )


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


def test_the_calibration_of_another_embedder_does_not_count(fresh_db):
    calibrated(fresh_db)
    assert threshold_for(embedder(digest="b" * 64), fresh_db) == 0.5


def test_an_embedder_without_any_threshold_is_told(fresh_db):
    with pytest.raises(ModelError, match="give --threshold"):
        threshold_for(embedder(threshold=None), fresh_db)
    calibrated(fresh_db)
    assert threshold_for(embedder(threshold=None), fresh_db) == 0.7

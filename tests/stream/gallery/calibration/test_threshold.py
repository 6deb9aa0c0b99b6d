"""Which threshold is in force."""

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.errors import ModelError
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, read_scores, scores_path
from stream.gallery.calibration.calibration import SETTING, Calibration, Estimate
from stream.gallery.calibration.false_accepts import FalseAccepts, fisher
from stream.gallery.calibration.threshold import RARE, sure_threshold_for, threshold_for, unlike_threshold_for
from stream.recognizer import Recognizer
from tests.people import DIGEST, enrol, new_sample


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


def calibrated(database, threshold=0.7, shift=None):
    found = Calibration(
        digest=DIGEST, date="2026-01-01T00:00:00+00:00", far=0.01, threshold=Estimate(threshold, 0.6, 0.8),
        rate=Estimate(0.01, 0.0, 0.1), named=None, people=2, pictures=2, repeated=0, strangers=100,
        shift=shift,
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


def test_a_calibration_follows_the_gallery(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    enrol(fresh_db, *"abcd")
    calibrated(fresh_db, shift=0.1)
    few = threshold_for(own, fresh_db)
    enrol(fresh_db, *(f"person {number}" for number in range(36)))
    many = threshold_for(own, fresh_db)
    assert fisher(few) == pytest.approx(fisher(usual(own, 4)) + 0.1)
    assert fisher(many) == pytest.approx(fisher(usual(own, 40)) + 0.1)
    assert many > few + 0.1
    fresh_db.add_samples("a", [new_sample(seed) for seed in range(100, 130)])
    assert threshold_for(own, fresh_db) == pytest.approx(many, abs=1e-6)  # by this set more pictures score no higher


def usual(own, people):
    return FalseAccepts(read_scores(own.network.entry), {1: people}).expected(shift=0.0).threshold(0.01)


def test_one_of_0_1_0_follows_it_too(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    enrol(fresh_db, "Ada", "Bob")
    calibrated(fresh_db, threshold=0.7)  # with 2 people and 2 pictures
    assert threshold_for(own, fresh_db) == pytest.approx(0.7, abs=1e-6)
    enrol(fresh_db, *(f"person {number}" for number in range(38)))
    assert threshold_for(own, fresh_db) > 0.75


def test_without_a_score_set_it_follows_the_people_of_the_gallery_themselves(fresh_db):
    calibrated(fresh_db, threshold=0.7)
    everybody = [f"person {number}" for number in range(30)]
    enrol(fresh_db, *everybody[:2])
    assert threshold_for(embedder(), fresh_db) == 0.7  # too few to tell
    for seed, name in enumerate(everybody[2:], start=2):
        fresh_db.add_samples(name, [new_sample(seed)])
    assert 0.05 < threshold_for(embedder(), fresh_db) < 0.25  # random vectors are hardly alike


def test_another_rate_than_the_usual_can_be_asked_for(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    enrol(fresh_db, "Ada", "Bob")
    assert threshold_for(own, fresh_db, far=0.001) > threshold_for(own, fresh_db) + 0.05


def test_a_newcomer_is_refused_by_a_threshold_that_strangers_hardly_reach(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    enrol(fresh_db, "Ada", "Bob")
    few = sure_threshold_for(own, fresh_db, 0.1)
    assert few == threshold_for(own, fresh_db, far=RARE)
    enrol(fresh_db, *(f"person {number}" for number in range(38)))
    assert sure_threshold_for(own, fresh_db, 0.1) > few + 0.1
    assert sure_threshold_for(own, fresh_db, 0.99) == 0.99
    assert sure_threshold_for(embedder(), fresh_db, 0.5) == pytest.approx(
        0.7
    )  # no score set: .5, and as one clear look


def test_whether_two_pictures_are_of_one_person_does_not_depend_on_who_else_is_enrolled(fresh_db, tmp_path):
    own = with_score_set(tmp_path)
    alone = unlike_threshold_for(own, fresh_db, 0.5)
    assert alone == pytest.approx(1.28 * 0.2, abs=0.02)  # one pair of strangers in ten is more alike
    enrol(fresh_db, *(f"person {number}" for number in range(40)))
    assert unlike_threshold_for(own, fresh_db, 0.9) == alone
    calibrated(fresh_db, shift=0.1)
    assert fisher(unlike_threshold_for(own, fresh_db, 0.9)) == pytest.approx(fisher(alone) + 0.1)
    assert unlike_threshold_for(embedder(), fresh_db, 0.5) == 0.25  # no score set: half of the threshold


def test_a_watch_says_so_where_the_calibration_fits_no_longer(fresh_db, tmp_path, caplog):
    own = with_score_set(tmp_path)
    recognizer = Recognizer(fresh_db, SimpleNamespace(embedder=own))
    enrol(fresh_db, "Ada", "Bob")
    calibrated(fresh_db)
    recognizer._say_if_outgrown()
    assert caplog.messages == []
    enrol(fresh_db, *(f"person {number}" for number in range(8)))
    recognizer._say_if_outgrown()
    assert "run `doorman calibrate` again" in caplog.messages[0]

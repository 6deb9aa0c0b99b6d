"""Calibration on made-up people whose vectors, and so whose false-accept rates, can be drawn at will."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from sqlalchemy import text

from db import DatabaseError, Gallery
from models.manifest import ModelEntry, ModelInput
from models.scores import ScoreSet, person_scores, scores_path
from stream.errors import StreamError
from stream.gallery.calibration.calibrate import ALONE, calibrate, calibrate_database
from stream.gallery.calibration.calibration import SETTING, Calibration, put_in_force, stored
from stream.gallery.calibration.false_accepts import FalseAccepts
from stream.gallery.calibration.leave_one_out import Searched, leave_one_out
from tests.people import DIGEST, enrol, new_sample
from tests.stream.gallery.calibration.galleries import COMMON, NOW, gallery, gallery_of, looks


def score_set(people=60, seed=1):
    enrolled = looks(np.random.default_rng([seed, people]), people, 5)
    asked = enrolled[:, 3:].reshape(-1, 512)
    strangers = np.repeat(np.arange(people), 2)
    scores = []
    for pictures in (1, 2, 3):
        samples = enrolled[:, :pictures].reshape(-1, 512)
        scores.append(person_scores(asked @ samples.T, np.arange(people) * pictures))
    table = np.stack(scores, 1)
    table[np.arange(len(asked)), :, strangers] = np.nan
    return ScoreSet(DIGEST, np.array([1, 2, 3]), table, strangers)


def report(found, scores=None, far=0.05, repeats=2):
    return calibrate(Searched.all_of(found), scores, DIGEST, far, NOW, repeats)


def measured(found, scores=None, far=0.05, **more):
    return report(found, scores or score_set(), far, **more).calibration


def rate_of_strangers(found, threshold, common=COMMON):
    """The share of 3,000 strangers who would get a name."""
    strangers = looks(np.random.default_rng(99), 3000, 1, common)[:, 0]
    return float((person_scores(strangers @ found.embeddings.T, found.starts).max(1) >= threshold).mean())


@pytest.mark.parametrize(("people", "pictures"), [(3, 1), (12, 2), (29, 3), (120, 1)])
def test_strangers_get_a_name_about_as_often_as_wanted(people, pictures):
    rates = []
    for seed in range(6):
        found = gallery(people, pictures, seed=seed)
        rates.append(rate_of_strangers(found, measured(found, score_set(seed=seed)).threshold.value))
    assert 0.03 < np.mean(rates) < 0.08


def test_people_who_are_more_alike_than_those_of_the_score_set_get_a_higher_threshold():
    alike = gallery(common=0.8)
    here, elsewhere = measured(alike), measured(gallery())
    assert here.threshold.value > elsewhere.threshold.value + 0.05
    assert rate_of_strangers(alike, elsewhere.threshold.value, 0.8) > 0.3
    assert rate_of_strangers(alike, here.threshold.value, 0.8) < 0.15


@pytest.mark.parametrize("pictures", [1, 3])
def test_one_person_under_two_names_hardly_moves_the_threshold(pictures):
    twice = np.repeat(looks(np.random.default_rng(7), 1, pictures), 2, axis=0)
    found = report(gallery_of(twice), score_set())
    assert [(first, second) for first, second, _ in found.alike] == [("person 0", "person 1")]
    assert found.calibration.threshold.value == pytest.approx(measured(gallery(2, pictures)).threshold.value, abs=0.1)


def test_a_stricter_rate_and_a_larger_gallery_need_a_higher_threshold():
    loose, strict = (measured(gallery(), far=far).threshold.value for far in (0.1, 0.01))
    few, many = (measured(gallery(people)).threshold.value for people in (3, 100))
    assert loose < strict
    assert few < many


def test_the_interval_holds_the_figure_and_is_wider_for_fewer_strangers():
    wide, narrow = (measured(gallery(), score_set(people), repeats=50) for people in (12, 80))
    for found in (wide, narrow):
        for figure in (found.threshold, found.rate):
            assert figure.low <= figure.value <= figure.high
        assert found.rate.value == pytest.approx(0.05, abs=1e-3)
    assert wide.threshold.high - wide.threshold.low > narrow.threshold.high - narrow.threshold.low


def test_the_own_pictures_that_would_be_named_are_told():
    found = report(gallery(pictures=3), score_set(), repeats=20)
    assert found.calibration.repeated == 12
    assert 0.3 < found.calibration.named.low <= found.calibration.named.value <= 1
    shares = [choice.named for choice in found.choices]
    assert [choice.far for choice in found.choices] == [0.3, 0.1, 0.05, 0.03, 0.01, 0.003, 0.001]
    assert shares == sorted(shares, reverse=True)


def test_a_lead_that_is_wanted_leaves_fewer_named():
    left_out = leave_one_out(Searched.all_of(gallery()))
    everybody = np.ones(len(left_out.people), int)
    named = [left_out.named(threshold=0.5, margin=margin, times=everybody) for margin in (0, 0.9)]
    assert named[0] > named[1]


def test_nothing_is_said_of_the_named_where_nobody_has_two_pictures():
    assert measured(gallery(pictures=1)).named is None


def test_one_person_alone_is_calibrated_for():
    found = measured(gallery(1, 1))
    assert (found.people, found.pictures, found.named) == (1, 1, None)
    assert found.threshold.value < measured(gallery(12, 1)).threshold.value


def test_an_empty_gallery_is_told():
    with pytest.raises(StreamError, match="enrol people first"):
        measured(Gallery(0, np.empty((0, 512), np.float32), [], np.array([], np.intp)))


def test_people_who_would_be_taken_for_each_other_are_told():
    vectors = looks(np.random.default_rng(7), 12, 2)
    vectors[4] = vectors[9]
    assert report(gallery_of(vectors), score_set()).alike[0] == ("person 4", "person 9", pytest.approx(1, abs=0.1))


def test_a_gallery_is_its_own_score_set_where_the_embedder_has_none():
    found = gallery(40, 2)
    own = report(found).calibration
    assert own.strangers == 40
    assert 0.01 < rate_of_strangers(found, own.threshold.value) < 0.15
    with pytest.raises(StreamError, match=f"enrol {ALONE} people or more"):
        report(gallery(5))


def test_large_galleries_are_looked_at_in_part():
    found = measured(gallery(400, 4), far=0.05)
    assert (found.people, found.pictures, found.repeated) == (400, 1600, 150)


def damage(kept, field, value):
    """The same JSON with another value at a path such as `threshold.low`; without the field if that is None."""
    *outer, last = field.split(".")
    inner = kept[outer[0]] if outer else kept
    inner.pop(last)
    if value is not None:
        inner[last] = value
    return kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digest", None),
        ("people", None),
        ("threshold", "much"),
        ("threshold.low", None),
        ("threshold.value", "much"),
        ("threshold.value", math.nan),  # nobody reaches it
        ("far", math.nan),
        ("shift", math.nan),
    ],
)
def test_a_damaged_one_is_told_with_its_remedy(fresh_db, field, value):
    enrol(fresh_db, "Ada")
    fresh_db.set_setting(SETTING, asdict(measured(gallery())))
    fresh_db.set_setting(SETTING, damage(fresh_db.setting(SETTING), field, value))
    with pytest.raises(DatabaseError, match=r"calibration in the database .* is damaged: .*doorman calibrate"):
        stored(fresh_db, DIGEST)


@pytest.mark.parametrize("kept", ["7", "[]", "{no"])
def test_one_that_is_none_is_told_and_can_be_replaced(fresh_db, kept):
    enrol(fresh_db, "Ada")
    with fresh_db.writing() as session:
        session.execute(text("INSERT INTO setting VALUES (:key, :kept)"), {"key": SETTING, "kept": kept})
    with pytest.raises(DatabaseError, match="make it anew with `doorman calibrate`"):
        stored(fresh_db, DIGEST)
    fresh_db.set_setting(SETTING, asdict(measured(gallery())))
    assert stored(fresh_db, DIGEST) == measured(gallery())


def test_a_damaged_one_keeps_nobody_from_enrolling_the_first_person(fresh_db):
    fresh_db.set_setting(SETTING, {})
    assert stored(fresh_db, DIGEST) is None  # `doorman calibrate` would ask for people


def test_it_is_kept_for_its_embedder_alone(fresh_db, tmp_path):
    entry = ModelEntry(
        "own", "embedding", tmp_path / "own.onnx", DIGEST, ModelInput(112, 112, "rgb", (0,) * 3, (1,) * 3)
    )
    score_set().write(scores_path(entry.path))
    assert stored(fresh_db, DIGEST) is None
    for pictures in (1, 2):
        enrol(fresh_db, "Ada", "Bob") if pictures == 1 else fresh_db.add_samples("Ada", [new_sample(3)])
        found = calibrate_database(fresh_db, entry, 0.05, NOW).calibration
        put_in_force(fresh_db, found)
        assert stored(fresh_db, DIGEST) == found
        assert (found.named is None) == (pictures == 1)
    assert stored(fresh_db, "b" * 64) is None


@pytest.mark.parametrize(
    ("people", "pictures", "fits"),
    [(10, 20, True), (15, 30, True), (16, 20, False), (10, 31, False), (7, 20, True), (6, 20, False), (10, 13, False)],
)
def test_a_gallery_outgrows_its_calibration_by_people_and_by_pictures(people, pictures, fits):
    found = replace(measured(gallery(1, 1)), people=10, pictures=20)
    assert isinstance(found, Calibration)
    assert found.fits(people, pictures) is fits


def test_how_alike_people_are_is_kept():
    alike = measured(gallery(common=0.8))
    accepts = FalseAccepts(score_set(), {2: 12})
    assert alike.shift > 0.05
    assert accepts.expected(alike.shift).threshold(0.05) == alike.threshold.value

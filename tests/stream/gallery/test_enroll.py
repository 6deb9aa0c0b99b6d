"""Which pictures are enrolled, and why the others are not."""

from dataclasses import replace

import numpy as np
import pytest

from db.people import gallery
from models.images import from_jpeg
from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.enroll import Enroller
from tests.fakes import make_face, unit
from tests.people import DIGEST, new_sample

LARGE, SMALL = (0, 0, 100, 100), (200, 0, 240, 40)


def test_a_good_picture_is_enrolled_with_crop_embedding_and_quality(enroller, picture, fresh_db):
    verdict = enroller.pictures("Ada", [path := picture(make_face(unit(1, 0), quality=0.7))])[0]
    assert (verdict.refused, verdict.source) == (None, str(path))
    sample = fresh_db.samples("Ada")[0]
    assert (sample.quality, sample.source, sample.forced) == (0.7, str(path), False)
    assert from_jpeg(fresh_db.crop(sample.id)).shape == (112, 112, 3)
    np.testing.assert_allclose(fresh_db.gallery(DIGEST).embeddings[0], unit(1, 0))


@pytest.mark.parametrize(
    ("faces", "reason"),
    [
        ([], "no face"),
        ([make_face(unit(1), box=LARGE), make_face(unit(0, 1), box=LARGE)], "several faces"),
        ([make_face(None, refused="too small (9 px between the eyes)")], "too small"),
        ([make_face(None, refused="blurred (sharpness 3)")], "blurred"),
        ([make_face(None, refused="turned away (by about 60 degrees)")], "turned away"),
    ],
)
def test_a_bad_picture_is_refused_with_its_reason_and_not_even_by_force_enrolled(
    enroller, picture, fresh_db, faces, reason
):
    for force in (False, True):
        assert reason in enroller.pictures("Ada", [picture(*faces)], force)[0].refused
    assert fresh_db.people() == []


def test_somebody_small_in_the_background_does_not_matter(enroller, picture):
    faces = make_face(unit(1, 0), box=LARGE), make_face(unit(0, 1), box=SMALL)
    assert enroller.pictures("Ada", [picture(*faces)])[0].refused is None


def test_which_face_is_enrolled_is_said_where_others_come_near_it(enroller, picture, fresh_db):
    hidden = make_face(None, refused="eyes, nose and mouth hidden", box=LARGE)
    verdict = enroller.pictures("Ada", [picture(make_face(unit(1, 0), box=LARGE), hidden)])[0]
    assert (verdict.refused, verdict.chosen) == (None, "of 2 faces the one of 100 px at 50, 50")
    np.testing.assert_allclose(fresh_db.gallery(DIGEST).embeddings, [unit(1, 0)])


def test_a_file_that_is_no_picture_is_refused_and_the_others_are_enrolled(enroller, picture, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    verdicts = enroller.pictures("Ada", [broken, picture(make_face(unit(1, 0)))])
    assert [verdict.refused is None for verdict in verdicts] == [False, True]


def test_a_picture_that_looks_like_somebody_else_is_refused_unless_forced(enroller, picture, fresh_db):
    enroller.pictures("Bob", [picture(make_face(unit(1, 0)))])
    (verdict,) = enroller.pictures("Ada", [picture(make_face(unit(1, 0.2)))])
    assert "looks like Bob" in verdict.refused
    assert verdict.like == "Bob"
    verdict = enroller.pictures("Ada", [picture(make_face(unit(1, 0.2)))], force=True)[0]
    assert (verdict.refused, verdict.forced) == (None, True)
    assert fresh_db.samples("Ada")[0].forced


def test_a_picture_that_is_a_little_like_somebody_else_is_enrolled_with_a_note(enroller, picture, fresh_db):
    enroller.pictures("Bob", [picture(make_face(unit(1, 0)))])
    verdict = enroller.pictures("Ada", [picture(make_face(unit(0.7, 0.71414)))])[0]
    assert (verdict.refused, verdict.forced, verdict.like) == (None, False, "Bob")
    assert {person.name: person.like for person in fresh_db.people()} == {"Ada": ("Bob",), "Bob": ()}
    assert enroller.pictures("Ada", [picture(make_face(unit(0, 1, 0.1)))])[0].like is None


def test_the_thresholds_are_asked_for_at_each_face_since_they_follow_the_gallery(fresh_db, analyzer, picture):
    growing = Enroller(fresh_db, analyzer, lambda: Thresholds(0.5, 0.5 + 0.4 * len(fresh_db.people()), 0.25))
    growing.pictures("Bob", [picture(make_face(unit(1, 0)))])
    verdicts = [
        growing.pictures(name, [picture(make_face(unit(0.95, *values)))])[0]
        for name, values in (("Ada", (0.31225,)), ("Cleo", (0, 0.31225)))
    ]
    assert ["looks like Bob" in (verdict.refused or "") for verdict in verdicts] == [True, True]
    growing.pictures("Dora", [picture(make_face(unit(0, 1)))])
    assert growing.pictures("Cleo", [picture(make_face(unit(0.95, 0, 0.31225)))])[0].like == "Bob"


def test_a_picture_unlike_the_persons_others_is_refused_in_a_gallery_too_large_to_be_searched_wholly(
    analyzer, picture, fresh_db, monkeypatch
):
    monkeypatch.setattr("db.search.searches.LARGE", 3)
    for name in ("CANDIDATES", "SHORTLIST"):
        monkeypatch.setattr(f"db.search.searches.{name}", 1)
    for number, name in enumerate(["Ada", "Bob", "Cleo", "Dora"]):
        fresh_db.add_samples(name, [replace(new_sample(), embedding=unit(*np.eye(4)[number]))])
    enroller = Enroller(fresh_db, analyzer, lambda: Thresholds(0.5, 0.8, 0.25))
    verdict = enroller.pictures("Ada", [picture(make_face(unit(0, 0.7, 0, 0, 0.7)))])[0]
    assert "unlike the other pictures of Ada" in verdict.refused


def test_a_picture_unlike_the_persons_others_is_refused_unless_forced(enroller, picture):
    enroller.pictures("Ada", [picture(make_face(unit(1, 0)))])
    assert "unlike the other pictures" in enroller.pictures("ada", [picture(make_face(unit(0, 1)))])[0].refused
    assert enroller.pictures("Ada", [picture(make_face(unit(0, 1)))], force=True)[0].refused is None


def test_a_picture_is_not_more_unlike_the_persons_others_because_many_people_are_enrolled(fresh_db, analyzer, picture):
    enroller = Enroller(fresh_db, analyzer, lambda: Thresholds(named=0.9, sure=0.95, unlike=0.25))
    verdicts = enroller.pictures("Ada", [picture(make_face(unit(1, 0))), picture(make_face(unit(0.3, 0.95)))])
    assert [verdict.refused for verdict in verdicts] == [None, None]


def test_a_picture_that_is_enrolled_already_is_no_second_one(enroller, picture, fresh_db):
    first, second = picture(make_face(unit(1, 0))), picture(make_face(unit(1, 0.1)))
    enroller.pictures("Ada", [first])
    verdicts = enroller.pictures("ada", [first, second])
    assert [(verdict.refused, verdict.already) for verdict in verdicts] == [(None, True), (None, False)]
    assert len(fresh_db.samples("Ada")) == 2
    assert "looks like Ada" in enroller.pictures("Bob", [first])[0].refused


def test_a_picture_that_is_given_twice_is_enrolled_once_and_told_so(enroller, picture, fresh_db):
    path = picture(make_face(unit(1, 0)))
    assert [verdict.already for verdict in enroller.pictures("Ada", [path, path])] == [False, True]
    assert len(fresh_db.samples("Ada")) == 1


def test_a_picture_that_is_enrolled_as_somebody_elses_is_refused_though_their_others_are_unlike_it(enroller, picture):
    enroller.pictures("Ada", [picture(make_face(unit(*values))) for values in ((1, 0), (1, 0.1), (1, 0, 0.1))])
    mistaken, same = picture(make_face(unit(0, 0, 0, 1))), picture(make_face(unit(0, 0, 0, 1, 0.1)))
    enroller.pictures("Ada", [mistaken], force=True)
    assert "is a picture of Ada already" in enroller.pictures("Bob", [same])[0].refused
    assert enroller.pictures("Bob", [same], force=True)[0].forced


def test_the_odd_picture_of_a_batch_is_refused_even_when_it_comes_first(enroller, picture):
    odd, first, second = (picture(make_face(unit(*values))) for values in ((0, 1), (1, 0), (1, 0.1)))
    verdicts = enroller.pictures("Ada", [odd, first, second])
    assert [verdict.refused is None for verdict in verdicts] == [False, True, True]


@pytest.mark.parametrize(("name", "reason"), [("a" * 201, "longer than 200"), ("  ", "must not be empty")])
def test_a_name_that_is_none_is_a_reason_to_refuse_a_picture(enroller, picture, name, reason):
    (verdict,) = enroller.pictures(name, [picture(make_face(unit(1, 0)))])
    assert reason in verdict.refused


def test_the_pictures_of_everybody_are_enrolled_one_after_the_other_and_told_as_they_are(enroller, picture, fresh_db):
    people = {"Ada": [picture(make_face(unit(1, 0)))], "Bob": [picture(make_face(unit(0, 1))), picture()]}
    verdicts = enroller.everybody(people)
    assert next(verdicts).name == "Ada"
    assert [person.name for person in fresh_db.people()] == ["Ada"]
    assert [(verdict.name, verdict.refused) for verdict in verdicts] == [("Bob", None), ("Bob", "no face found")]


def test_enrolling_loads_the_gallery_once(enroller, picture, monkeypatch):
    loaded = []
    rows = gallery._rows

    def noted(session, people, after=0, *rest, **named):
        loaded.append(after)
        return rows(session, people, after, *rest, **named)

    monkeypatch.setattr(gallery, "_rows", noted)
    for number in range(5):
        enroller.pictures(f"Person {number}", [picture(make_face(unit(*[0] * number, 1)))])
    assert loaded.count(0) <= 1

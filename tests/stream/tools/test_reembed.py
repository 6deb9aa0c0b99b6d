"""A gallery rebuilt for another embedder: all of it or nothing."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from db import Database, DatabaseError, NewSample, SearchIndex
from db.evidence.evidence import EvidenceOf
from db.history.correcting import correct
from db.renewal import Renewal
from db.search.negatives import load
from db.unknowns.unknowns import Unknowns
from models.errors import PictureError
from models.scores import person_scores
from stream.gallery.calibration.calibration import SETTING
from stream.tools.reembed import reembed
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.people import DIGEST, at, embedding, grey_crop, new_sample
from tests.strangers import keep, new_stay

OTHER = "b" * 64


class ByGrey:
    """Embeds a crop by its grey level."""

    digest = OTHER

    def __init__(self, fail_at=None):
        self.fail_at, self.seen, self.flipped = fail_at, 0, []

    def embed(self, crops, flip=False):
        self.flipped.append(flip)
        self.seen += len(crops)
        if self.fail_at is not None and self.seen >= self.fail_at:
            raise KeyboardInterrupt
        return np.stack([unit(1, float(crop.mean()) / 255) for crop in crops])


@pytest.fixture
def database(fresh_db):
    """Ada and Bob on 130 pictures, as many grey levels: more than two batches."""
    for number in range(130):
        crop = grey_crop(number + 50)
        fresh_db.add_samples(
            "Ada" if number % 2 else "Bob", [NewSample(embedding(number), DIGEST, 0.5, f"{number}", crop)]
        )
    fresh_db.set_setting(SETTING, {"digest": DIGEST})
    return fresh_db


def test_every_picture_is_embedded_anew_and_keeps_its_person(database):
    before = [(person.name, person.samples) for person in database.people()]
    embedder = ByGrey()
    done = reembed(database, embedder)
    assert all(embedder.flipped)
    assert (done.pictures, done.calibration_dropped) == (130, True)
    assert [(person.name, person.samples) for person in database.people()] == before
    gallery = database.gallery(OTHER)
    levels = np.concatenate([np.arange(50, 180, 2), np.arange(51, 180, 2)]) / 255  # Bob's, who came first, and Ada's
    expected = np.stack([unit(1, level) for level in levels])
    np.testing.assert_allclose(gallery.embeddings, expected, atol=0.01)
    assert {sample.digest for sample in database.samples("Ada")} == {OTHER}


def test_the_calibration_no_longer_holds(database):
    reembed(database, ByGrey())
    assert database.setting(SETTING) is None
    assert not reembed(database, ByGrey()).calibration_dropped


def test_a_search_goes_on_with_the_new_embedder_only(database):
    index = SearchIndex(database, DIGEST, person_scores)
    reembed(database, ByGrey())
    with pytest.raises(DatabaseError, match="doorman reembed"):
        index.search(embedding(0)[None])
    assert SearchIndex(database, OTHER, person_scores).search(unit(1, 0.5)[None], top=1)[0][0].similarity > 0.99


def test_an_interruption_changes_nothing(database):
    generation = database.generation()
    with pytest.raises(KeyboardInterrupt):
        reembed(database, ByGrey(fail_at=100))
    assert database.generation() == generation
    assert len(database.gallery(DIGEST).embeddings) == 130
    assert database.setting(SETTING) == {"digest": DIGEST}


def test_somebody_enrolled_meanwhile_is_not_lost(database):
    def enrol_meanwhile(done, total):
        for number, picture in enumerate(done):
            if number == 129:
                database.add_samples("Eve", [new_sample(1, crop=grey_crop(9))])
            yield picture

    assert reembed(database, ByGrey(), enrol_meanwhile).pictures == 131
    with pytest.raises(DatabaseError, match="enrolled while"):
        Renewal(database, DIGEST).exchange_samples({1: unit(1)}, {})
    assert len(database.gallery(OTHER).embeddings) == 131


def test_somebody_erased_meanwhile_stays_erased(database):
    def erase_meanwhile(done, total):
        for number, picture in enumerate(done):
            if number == 129:
                database.remove("Bob")
            yield picture

    reembed(database, ByGrey(), erase_meanwhile)
    assert [person.name for person in database.gallery(OTHER).people] == ["Ada"]


def test_progress_is_told_picture_by_picture(database):
    told = []

    def counted(done, total):
        for picture in done:
            told.append((picture, total))
            yield picture

    reembed(database, ByGrey(), counted)
    assert told == [("picture", 130)] * 130


def test_an_embedder_that_gives_no_unit_vectors_changes_nothing(database):
    class Long(ByGrey):
        def embed(self, crops, flip=False):
            return 2 * super().embed(crops, flip)

    with pytest.raises(DatabaseError, match="not a unit vector"):
        reembed(database, Long())
    assert len(database.gallery(DIGEST).embeddings) == 130


@pytest.mark.parametrize("crop", [b"no jpeg", b""])
def test_whose_damaged_crop_it_is_that_stops_it_is_told(database, crop):
    with database.writing() as session:
        session.execute(text("UPDATE sample SET crop = :crop WHERE id = 100"), {"crop": crop})
    with pytest.raises(PictureError, match=r"stored face crop of Ada is damaged: .*people remove"):
        reembed(database, ByGrey())
    assert len(database.gallery(DIGEST).embeddings) == 130


def test_an_empty_gallery_has_nothing_to_embed(fresh_db):
    assert reembed(fresh_db, ByGrey()).pictures == 0


@pytest.fixture
def watched(fresh_db) -> Database:
    """Ada; a look behind her name, one that was not hers after all, one that is offered, each with its face; and two
    strangers, of whom one is ignored, and one has no picture."""
    fresh_db.add_samples("Ada", [NewSample(unit(1), DIGEST, 0.5, "ada.jpg", grey_crop(10))])
    ada = fresh_db.person("Ada").id
    looks = [replace(new_look(ada, seconds, crop=grey_crop(100), vector=unit(0, 1)), offered=offered)
             for seconds, offered in ((0, None), (100, grey_crop(50)))]  # fmt: skip
    for look in looks:
        seen(fresh_db, ada, look, first=(look.time - at(0)).total_seconds())
    correct(fresh_db, 1)
    stay = new_stay(unit(0, 0, 1), unit(0, 0, 1))
    kept = [
        replace(look, crop=grey_crop(level), quality=0.5) for look, level in zip(stay.looks, (200, 250), strict=True)
    ]
    keep(fresh_db, replace(stay, looks=tuple(kept)), replace(new_stay(unit(0, 0, 0, 1)), looks=()))
    Unknowns(fresh_db).ignore(1)
    return fresh_db


def cosines(vectors, level: int) -> np.ndarray:
    return np.asarray(vectors) @ unit(1, level / 255)


def test_what_is_kept_beside_the_people_is_embedded_anew_too(watched):
    done = reembed(watched, ByGrey())
    assert (done.pictures, done.looks, done.lost) == (1, 6, 0)
    negatives = load(watched, OTHER)
    np.testing.assert_allclose(cosines(negatives.embeddings, 100), 1, atol=1e-3)
    digests, vectors = EvidenceOf(watched).embeddings(2)
    assert digests == [OTHER]
    np.testing.assert_allclose(cosines(vectors, 100), 1, atol=1e-3)
    ignored = Unknowns(watched).ignored(OTHER)
    assert ignored.owners.tolist() == [1]
    between = unit(1, 200 / 255) + unit(1, 250 / 255)
    np.testing.assert_allclose(ignored.embeddings[0] @ between / np.linalg.norm(between), 1, atol=0.01)
    assert len(Unknowns(watched).faces(DIGEST).owners) == 1  # of whom there is no picture
    assert reembed(watched, ByGrey()).looks == 0


def test_a_correction_holds_with_another_embedder(watched):
    reembed(watched, ByGrey())
    index = SearchIndex(watched, OTHER, person_scores)
    assert index.search_namable(unit(1, 100 / 255)[None]) == [[]]
    assert index.search_namable(unit(1, 10 / 255)[None])[0][0].person.name == "Ada"


def test_looks_are_embedded_as_a_watch_does_and_those_without_a_face_are_told(watched):
    with watched.writing() as session:
        session.execute(text("UPDATE negative SET crop = NULL"))
        session.execute(text("UPDATE look SET crop = :crop WHERE id = 1"), {"crop": b"no jpeg"})
    embedder = ByGrey()
    done = reembed(watched, embedder)
    assert (done.looks, done.lost) == (3, 1)
    assert embedder.flipped == [True, False, False, False]
    assert not Unknowns(watched).ignored(OTHER).owners.size


def test_what_was_interrupted_goes_on_where_it_was(watched):
    with pytest.raises(KeyboardInterrupt):
        reembed(watched, ByGrey(fail_at=4))
    assert load(watched, OTHER) is not None
    assert reembed(watched, ByGrey()).looks == 5

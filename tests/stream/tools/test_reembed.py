"""A gallery rebuilt for another embedder: all of it or nothing."""

import numpy as np
import pytest
from sqlalchemy import text

from db import DatabaseError, NewSample, SearchIndex
from models.errors import PictureError
from models.images import to_jpeg
from models.scores import person_scores
from stream.gallery.calibrate import SETTING
from stream.gallery.reembed import reembed
from tests.fakes import unit
from tests.people import DIGEST, embedding, new_sample

OTHER = "b" * 64


class ByGrey:
    """Embeds a crop by its grey level."""

    digest = OTHER

    def __init__(self, fail_at=None):
        self.fail_at, self.seen = fail_at, 0

    def embed(self, crops, flip=False):
        assert flip
        self.seen += len(crops)
        if self.fail_at is not None and self.seen >= self.fail_at:
            raise KeyboardInterrupt
        return np.stack([unit(1, float(crop.mean()) / 255) for crop in crops])


@pytest.fixture
def database(fresh_db):
    """Ada and Bob on 130 pictures, as many grey levels: more than two batches."""
    for number in range(130):
        crop = to_jpeg(np.full((112, 112, 3), number + 50, np.uint8))
        fresh_db.add_samples(
            "Ada" if number % 2 else "Bob", [NewSample(embedding(number), DIGEST, 0.5, f"{number}", crop)]
        )
    fresh_db.set_setting(SETTING, {"digest": DIGEST})
    return fresh_db


def test_every_picture_is_embedded_anew_and_keeps_its_person(database):
    before = [(person.name, person.samples) for person in database.people()]
    done = reembed(database, ByGrey())
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
    def enrol_at_the_end(done, total):
        yield from done
        database.add_samples("Eve", [new_sample(1)])

    with pytest.raises(DatabaseError, match="enrolled while"):
        reembed(database, ByGrey(), enrol_at_the_end)
    assert len(database.gallery(DIGEST).embeddings) == 131


def test_somebody_erased_meanwhile_stays_erased(database):
    def erase_at_the_end(done, total):
        yield from done
        database.remove("Bob")

    reembed(database, ByGrey(), erase_at_the_end)
    assert [person.name for person in database.gallery(OTHER).people] == ["Ada"]


def test_progress_is_told_picture_by_picture(database):
    told = []

    def watch(done, total):
        for sample in done:
            told.append((sample, total))
            yield sample

    reembed(database, ByGrey(), watch)
    assert [total for _, total in told] == [130] * 130
    assert [sample for sample, _ in told] == sorted({sample for sample, _ in told})


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

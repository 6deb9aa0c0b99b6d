"""What follows from groups: the tidy-up, names, and those who are ignored."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from db import SearchIndex
from db.schema.tables import StayRow
from db.unknowns import groups
from db.unknowns.unknowns import Unknowns
from models.manifest import shipped
from models.scores import person_scores
from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.enroll import Enroller
from stream.service.unknowns import UnknownFaces
from stream.unknowns.ignored import ignores
from stream.unknowns.joining import Joining, joining_threshold
from stream.unknowns.naming import BEST, name_unknown
from stream.unknowns.tidying import tidy_up_by
from tests.fakes import unit
from tests.people import DIGEST, grey_crop, new_sample
from tests.strangers import keep, new_stay


def alone(*_) -> None:
    """Lets each stay begin a group."""


@pytest.fixture
def unknowns(fresh_db) -> Unknowns:
    return Unknowns(fresh_db)


@pytest.fixture(autouse=True)
def joining(monkeypatch) -> SimpleNamespace:
    monkeypatch.setattr("stream.unknowns.joining.joining_threshold", lambda *_: 0.5)
    return Joining(None)


def test_a_tidy_up_makes_one_of_groups_that_are_alike_and_keeps_what_was_decided(fresh_db, unknowns, joining):
    keep(fresh_db, *(new_stay(unit(1, 0.1 * number)) for number in range(4)), place=alone)
    split = unknowns.split(unknowns.merge(2, 1).id, [2]).id
    unknowns.ignore(4)
    assert tidy_up_by(fresh_db, DIGEST, joining) == 1
    assert sorted((one.id, one.visits) for one in unknowns.everybody()) in ([(1, 2), (split, 1)], [(1, 1), (3, 2)])
    assert unknowns.unknown(4).visits == 1
    assert tidy_up_by(fresh_db, DIGEST, joining) == 0


def test_a_face_nearer_to_an_ignored_stranger_than_to_any_sample_gets_no_name(fresh_db, unknowns):
    def namable(face):
        index = SearchIndex(fresh_db, DIGEST, person_scores, lambda: ignores(fresh_db, DIGEST, lambda: None))
        return [match.person.name for match in index.search_namable(face[None])[0]]

    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    keep(fresh_db, new_stay(unit(0.8, 0.6)))
    assert namable(unit(0.8, 0.6)) == ["Ada"]
    unknowns.ignore(1)
    assert namable(unit(0.8, 0.6)) == []
    assert namable(unit(1, 0.1)) == ["Ada"]  # nearer to her
    assert namable(unit(0, 0, 1)) == ["Ada"]  # like neither


def test_an_index_takes_notice_when_somebody_is_ignored(fresh_db, unknowns):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    keep(fresh_db, new_stay(unit(0.8, 0.6)))
    index = SearchIndex(fresh_db, DIGEST, person_scores, lambda: ignores(fresh_db, DIGEST, lambda: None))
    unknowns.ignore(1)
    assert index.search_namable(unit(0.8, 0.6)[None]) == [[]]
    assert index.as_loaded()(unit(0.8, 0.6)[None]) == [[]]
    assert len(index.search(unit(0.8, 0.6)[None])[0]) == 1


class Embedder:
    """Knows faces by their grey level."""

    digest = DIGEST

    def __init__(self, known) -> None:
        self.known = known

    def embed(self, crops, flip):
        assert flip
        return [self.known[round(float(one.mean()) / 10) * 10] for one in crops]


@pytest.fixture
def enroller(fresh_db):
    embedder = Embedder({50: unit(1), 100: unit(1, 0.1), 150: unit(0, 0, 1)})
    return Enroller(fresh_db, SimpleNamespace(embedder=embedder), lambda: Thresholds(0.5, 0.8, 0.25))


def kept(database, *levels: int) -> None:
    stay = new_stay(*[unit(1)] * len(levels))
    looks = tuple(replace(look, crop=grey_crop(level)) for look, level in zip(stay.looks, levels, strict=True))
    keep(database, replace(stay, looks=looks))


def test_the_best_pictures_are_enrolled_and_one_of_somebody_else_is_refused(fresh_db, enroller):
    kept(fresh_db, 50, 100, 150, 50)
    verdicts = name_unknown(enroller, 1, "Ada")
    assert sum(verdict.refused is None for verdict in verdicts) == 3
    assert any("unlike the other pictures" in (verdict.refused or "") for verdict in verdicts)
    assert fresh_db.person("Ada").samples == 3 <= BEST
    assert fresh_db.samples("Ada")[0].source == "unknown 1, visit 1"
    assert [seen.person for seen in fresh_db.sightings()] == ["Ada"]


def test_a_stranger_who_looks_like_somebody_enrolled_is_refused_and_stays(fresh_db, enroller, unknowns):
    kept(fresh_db, 50)
    name_unknown(enroller, 1, "Ada")
    kept(fresh_db, 100)
    assert "looks like Ada" in name_unknown(enroller, 2, "Bob")[0].refused
    assert [person.name for person in fresh_db.people()] == ["Ada"]
    assert [one.id for one in unknowns.everybody()] == [2]
    assert name_unknown(enroller, 2, "Bob", force=True)[0].forced


def test_the_list_has_the_format_that_programs_rely_on(fresh_db):
    keep(fresh_db, new_stay(unit(1)))
    assert UnknownFaces(fresh_db, DIGEST).all()[0].as_dict() == {
        "id": 1,
        "visits": 1,
        "pictures": 1,
        "first_seen": "2026-01-01T00:00:00.000+00:00",
        "last_seen": "2026-01-01T00:00:10.000+00:00",
        "cameras": ["door"],
        "like": None,
        "similarity": None,
    }
    fresh_db.add_samples("Ada", [new_sample()])
    told = UnknownFaces(fresh_db, DIGEST).all()[0].as_dict()
    assert (told["like"], type(told["similarity"])) == ("Ada", float)


def test_a_page_has_the_same_groups_with_the_same_likes_as_the_whole_list(fresh_db, unknowns):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    fresh_db.add_samples("Bob", [replace(new_sample(), embedding=unit(0, 1))])
    keep(fresh_db, *(new_stay(unit(1, 0.5 * number)) for number in range(6)), place=alone)
    unknowns.ignore(3)
    faces = UnknownFaces(fresh_db, DIGEST)
    whole = faces.all()
    assert [one.unknown.id for one in whole] == [6, 5, 4, 2, 1]
    assert {one.nearest.person.name for one in whole} == {"Ada", "Bob"}
    pages = [faces.everybody(offset, 2) for offset in (0, 2, 4, 6)]
    assert [one.unknown for page in pages for one in page.items] == [one.unknown for one in whole]
    likes = [
        [one.as_dict()["like"] for one in found] for found in ([one for page in pages for one in page.items], whole)
    ]
    assert likes[0] == likes[1]
    assert {page.total for page in pages} == {5}


def test_pages_take_the_gallery_that_is_loaded_already(fresh_db, monkeypatch):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    keep(fresh_db, new_stay(unit(1)))
    index = SearchIndex(fresh_db, DIGEST, person_scores)
    monkeypatch.setattr(fresh_db, "gallery", None)
    faces = UnknownFaces(fresh_db, DIGEST, index)
    assert [one.nearest.person.name for _ in range(2) for one in faces.everybody().items] == ["Ada", "Ada"]


def test_when_groups_were_seen_last_is_told_by_an_index_alone(fresh_db, unknowns):
    keep(fresh_db, new_stay(unit(1)))
    with fresh_db.reading() as session:
        asked = []
        event.listen(session.connection(), "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        groups.page(session, 0, 10)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1]).all()
    assert any("stay USING COVERING INDEX" in row.detail for row in plan)


def test_a_page_reads_the_faces_of_its_own_groups_alone(fresh_db, unknowns):
    keep(fresh_db, *(new_stay(unit(1, number)) for number in range(3)), place=alone)
    faces = unknowns.faces_of([1, 3], DIGEST)
    assert faces.owners.tolist() == [1, 3]


def test_the_whole_list_is_found_in_blocks(fresh_db, monkeypatch):
    monkeypatch.setattr("stream.unknowns.listing.BLOCK", 2)
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    keep(fresh_db, *(new_stay(unit(1, number)) for number in range(5)), place=alone)
    found = [one.nearest.similarity for one in UnknownFaces(fresh_db, DIGEST).all()]
    assert found == pytest.approx([unit(1, number)[0] for number in (4, 3, 2, 1, 0)], abs=1e-3)


def test_the_groups_are_counted_as_stays_come(fresh_db, unknowns):
    keep(fresh_db, new_stay(unit(1)), new_stay(unit(0, 1)), new_stay(unit(1, 0.1)))
    before = unknowns.faces(DIGEST)
    assert (before.groups, len(before.owners)) == (2, 3)
    keep(fresh_db, new_stay(unit(1, 0.2)), new_stay(unit(0, 0, 1)))
    after = unknowns.faces(DIGEST, before)
    assert (after.groups, len(after.owners)) == (3, 5)


def test_pictures_are_written_with_a_contact_sheet(fresh_db, tmp_path: Path):
    kept(fresh_db, 50, 100)
    with fresh_db.writing() as session:
        session.get(StayRow, 1).portrait = grey_crop(200)
    sheet = UnknownFaces(fresh_db, DIGEST).write(1, tmp_path / "one")
    assert sheet.name == "unknown-1.jpg"
    assert len(list((tmp_path / "one").iterdir())) == 4


def test_the_threshold_grows_with_the_number_of_groups_by_the_embedders_score_set():
    few, many = (joining_threshold(shipped("embedding"), groups, 1.0) for groups in (10, 1000))
    assert 0.2 < few < many < 0.9
    assert joining_threshold(shipped("embedding"), 10, 1.0, rate=0.1) < few

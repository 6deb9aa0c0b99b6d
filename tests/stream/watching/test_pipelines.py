"""What a feed's wishes make of its pipeline, from a clip to the database."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from db.evidence.evidence import EvidenceOf
from db.unknowns.unknowns import Unknowns
from stream.pipeline.zones import Area
from stream.recognizer import Recognizer
from stream.sources.source import open_source
from stream.watching.feed import Feed
from tests.clips import make_clip
from tests.fakes import FakeAnalyzer, boxes, unit
from tests.people import new_sample
from tests.strangers import place


@pytest.fixture
def kept(fresh_db, monkeypatch, tmp_path):
    """Watches a clip of one face, and gives the strangers that are kept."""
    monkeypatch.setattr("stream.motion.shots.CutDetector.is_cut", lambda *_: False)  # the clips flicker
    monkeypatch.setattr("stream.watching.pipelines.Joining", lambda _: SimpleNamespace(place=place))
    monkeypatch.setattr(FakeAnalyzer, "embedder", SimpleNamespace(digest="a" * 64, network=SimpleNamespace(entry=None)))
    monkeypatch.setattr("stream.recognizer.tidy_up", lambda *_: 0)
    clip = str(make_clip(tmp_path / "door.mp4", count=40, size=(320, 240)))

    def run(liveness=None, shown=lambda view: None, **wishes):
        recognizer = Recognizer(fresh_db, FakeAnalyzer(), 0.5, liveness)
        for view in recognizer.watch_all([Feed(open_source(clip), **wishes)]):
            shown(view)
        return Unknowns(fresh_db)

    return run


def test_no_stranger_is_kept_unasked(kept):
    assert kept().everybody() == []


def test_a_stranger_is_kept_and_known_again(kept):
    kept(keep_unknown=True)
    unknowns = kept(keep_unknown=True)
    assert [(one.id, one.visits, one.cameras) for one in unknowns.everybody()] == [(1, 2, ("door",))]
    assert all(stay.pictures for stay in unknowns.stays(1))
    assert len(unknowns.portraits(1)) == 2


def test_whoever_has_a_name_is_no_stranger(kept, fresh_db):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    assert kept(keep_unknown=True).everybody() == []


def test_whoever_is_named_when_the_last_look_was_taken_is_no_stranger_and_has_the_name(kept, fresh_db):
    def enrol(view):
        if view.frame.index == 39:
            fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])

    assert kept(keep_unknown=True, lookahead=0.0, shown=enrol).everybody() == []
    assert [(seen.person, seen.similarity) for seen in fresh_db.sightings()] == [("Ada", pytest.approx(1.0))]


def test_strangers_who_are_hidden_have_no_picture_for_peoples_eyes(kept):
    assert kept(keep_unknown=True, blur_unknown=True).portraits(1) == []


def test_nothing_is_kept_of_whom_a_mask_touches(kept):
    mask = ((155.0, 0.0), (320.0, 0.0), (320.0, 240.0), (155.0, 240.0))
    assert kept(keep_unknown=True, area=Area(masks=(mask,))).everybody() == []


@pytest.mark.parametrize(("tiles", "searched"), [(None, None), ("off", None), ("auto", ((1,), "auto")), (3, ((1,), 3))])
def test_a_recording_is_searched_in_tiles_where_that_is_wished(fresh_db, monkeypatch, tmp_path, tiles, searched):
    wished = []

    class Search:
        def __init__(self, detector, distances, tiles):
            wished.append((distances, tiles))

        def find(self, image, min_score):
            return boxes((100, 100, 150, 160))

    monkeypatch.setattr("stream.watching.pipelines.PictureSearch", Search)
    clip = str(make_clip(tmp_path / "door.mp4", count=3, size=(320, 240)))
    views = list(Recognizer(fresh_db, FakeAnalyzer(), 0.5).watch_all([Feed(open_source(clip), tiles=tiles)]))
    assert len(views) == 3
    assert wished == ([searched] if searched else [])


def saying(score: float) -> SimpleNamespace:
    """A user's network that says the same of every face."""
    return SimpleNamespace(
        threshold=0.5, graded=lambda _image, faces: [replace(face, liveness=score) for face in faces]
    )


def test_whom_a_users_network_takes_for_a_picture_is_no_sighting(kept, fresh_db):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    kept(saying(0.1))
    assert fresh_db.sightings() == []


def test_what_a_users_network_says_of_the_living_is_kept_as_evidence(kept, fresh_db):
    fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))])
    kept(saying(0.9))
    (sighting,) = fresh_db.sightings(name="Ada")
    looks = EvidenceOf(fresh_db).looks(sighting.id)
    assert looks
    assert {look.liveness for look in looks} == {0.9}

"""What is kept of those who are seen, and what may not be."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stream.evidence.looks import LINGER
from stream.frame import Frame
from stream.gallery.identity import UNKNOWN, GradedLook, TrackEvidence
from stream.gallery.weighed import WeighedLook
from stream.pipeline.bookkeeper import Bookkeeper
from stream.pipeline.workers import Look
from stream.pipeline.zones import Area
from tests.fakes import BOX, RULE, make_face, unit
from tests.stream.pipeline.scenes import Log
from tracker import Track

IMAGE = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
FRAME = Frame(IMAGE, 0, 0.0, "door")
LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
FACE = make_face(unit(1), box=BOX)
JUDGE: Any = SimpleNamespace(
    evidence=lambda track: TrackEvidence((GradedLook(FACE.quality, FACE.embedding),)), rule=RULE
)


class Kept:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.looks: list[WeighedLook] = []
        self.tracks: list[set[int]] = []

    def note(self, look: WeighedLook) -> None:
        self.looks.append(look)

    def keep(self, tracks) -> None:
        self.tracks.append(set(tracks))


def track(number: int, box: tuple[float, ...]) -> Track:
    return Track(number, np.array(box, np.float32), 0.9, 0.0, 0.0, hits=3)


def test_whoever_keeps_something_is_given_each_look_with_its_picture_and_what_is_known_of_the_track():
    kept = Kept()
    Bookkeeper(Log(), [kept]).note(Look(7, 0.5, FACE, FRAME), JUDGE)
    (look,) = kept.looks
    assert (look.track, look.t, look.face, look.rule) == (7, 0.5, FACE, RULE)
    assert look.is_behind(FACE) and look.image is IMAGE and not look.is_masked()


def test_without_its_frame_a_look_has_no_picture():
    kept = Kept()
    Bookkeeper(Log(), [kept], Area(masks=(LEFT_HALF,))).note(Look(7, 0.5, FACE), JUDGE)
    assert kept.looks[0].image is None


@pytest.mark.parametrize(("size", "masked"), [(IMAGE.shape[:2], True), ((360, 180), False)])
def test_masks_are_where_they_are_in_a_picture_of_that_size(size, masked):
    """The face is in the left half of a wide picture, and right of that of a narrow one."""
    kept = Kept()
    bookkeeper = Bookkeeper(Log(), [kept], Area(masks=(LEFT_HALF,)))
    bookkeeper.note(Look(7, 0.5, FACE, Frame(np.zeros((*size, 3), np.uint8), 0, 0.5, "door")), JUDGE)
    assert kept.looks[0].is_masked() == masked
    assert (7 in bookkeeper.looks.kept) == (not masked)


def test_good_looks_are_in_memory_while_their_track_is_there_and_a_moment_longer():
    kept = Kept()
    bookkeeper = Bookkeeper(Log(), [kept])
    for number in (7, 8):
        bookkeeper.note(Look(number, 0.5, FACE, FRAME), JUDGE)
    assert bookkeeper.looks.kept == {7: (FACE,), 8: (FACE,)}
    bookkeeper.keep([7, 8], 1.0)
    bookkeeper.keep([8], 2.0)
    assert bookkeeper.looks.kept == {7: (FACE,), 8: (FACE,)} and kept.tracks == [{7, 8}, {8}]
    bookkeeper.keep([8], 2.0 + LINGER)
    assert bookkeeper.looks.kept == {8: (FACE,)}


@pytest.mark.parametrize("discreet", [False, True])
def test_those_without_a_name_are_unrecognizable_in_the_log_where_that_is_wished(discreet):
    log, before = Log(), IMAGE.copy()
    people, stranger = [track(1, (300.0, 50.0, 360.0, 120.0))], track(2, BOX)
    Bookkeeper(log, discreet=discreet).record(FRAME, people, [UNKNOWN], [stranger])
    x1, y1, x2, y2 = map(int, BOX)
    (kept,) = log.pictures
    assert (kept[y1:y2, x1:x2] == before[y1:y2, x1:x2]).all() != discreet
    assert (kept[50:120, 300:360] == before[50:120, 300:360]).all()
    assert (before == IMAGE).all()  # what is shown and looked at stays as it is


def test_where_everybody_has_a_name_the_picture_is_kept_as_it_is():
    log = Log()
    Bookkeeper(log, discreet=True).record(FRAME, [track(1, BOX)], [UNKNOWN], [])
    assert log.pictures[0] is IMAGE

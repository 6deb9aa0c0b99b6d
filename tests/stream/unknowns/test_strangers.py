"""What is kept of tracks that end without a name, and when."""

import numpy as np
import pytest

from models.images import from_jpeg
from stream.gallery.identity import UNKNOWN
from stream.unknowns.portrait import SIZE
from stream.unknowns.strangers import WAIT, Strangers
from tests.fakes import BOX, make_face, unit, weighed
from tests.people import DIGEST

IMAGE = np.full((240, 320, 3), 90, np.uint8)


@pytest.fixture
def strangers() -> Strangers:
    return Strangers(DIGEST, lambda *_: None, lambda: 0.5, lambda _: UNKNOWN)


def look(strangers: Strangers, track: int, *faces, masks=()) -> None:
    """Look at a track, all of whose looks are its evidence."""
    for number in range(len(faces)):
        strangers.note(weighed(track, faces[number], faces[: number + 1], IMAGE, masks))


def test_a_track_without_a_name_leaves_its_looks_the_best_first_once_it_was_waited_for(strangers):
    look(strangers, 1, make_face(unit(1), 0.5), make_face(unit(1, 0.1), 0.9))
    assert strangers.left(1, 5.0)
    assert strangers.settled(5.0 + WAIT - 0.1) == []
    (settled,) = strangers.settled(5.0 + WAIT)
    stay = settled.stay
    assert (settled.track, stay.digest, [look.quality for look in stay.looks]) == (1, DIGEST, [0.9, 0.5])
    assert stay.embedding @ stay.embedding == pytest.approx(np.linalg.norm(0.5 * unit(1) + 0.9 * unit(1, 0.1)) / 1.4)
    assert from_jpeg(stay.looks[0].crop).shape == (112, 112, 3)
    assert from_jpeg(stay.portrait).shape == (SIZE, SIZE, 3)
    assert strangers.settled() == []


def test_one_that_had_no_good_look_or_has_a_name_leaves_nothing(strangers):
    look(strangers, 1, make_face(None, refused="too small"))
    look(strangers, 2, make_face(unit(1)))
    strangers.named(2, True)
    assert [strangers.left(track, 1.0) for track in (1, 2, 3)] == [False, False, False]
    assert strangers.settled() == []


def test_whoever_is_named_a_moment_later_never_was_a_stranger(strangers):
    for track, face in ((1, make_face(unit(1))), (2, make_face(unit(0, 1)))):
        look(strangers, track, face)
        strangers.left(track, 1.0)
    look(strangers, 3, make_face(unit(1, 0.1)))
    strangers.named(3, True)
    strangers.left(3, 9.0)
    assert [(one.track, one.stay is None) for one in strangers.settled(11.0)] == [(1, True), (2, False)]


def test_one_whose_name_was_taken_back_is_a_stranger_after_all(strangers):
    look(strangers, 1, make_face(unit(1)))
    strangers.named(1, True)
    strangers.named(1, False)
    assert strangers.left(1, 1.0)


def test_a_track_that_was_too_short_for_a_sighting_leaves_nothing_in_memory(strangers):
    for track in (1, 2):
        look(strangers, track, make_face(unit(1)))
    strangers.keep({2})
    assert [strangers.left(track, 1.0) for track in (1, 2)] == [False, True]


def test_looks_that_are_no_evidence_any_more_are_not_kept(strangers):
    bad, good = make_face(unit(0, 1)), make_face(unit(1))
    look(strangers, 1, bad)
    strangers.note(weighed(1, good, [good], IMAGE))
    strangers.left(1, 1.0)
    (settled,) = strangers.settled()
    assert [float(look.embedding[0]) for look in settled.stay.looks] == [1.0]


def test_nothing_is_kept_of_what_a_mask_touches_and_no_portrait_where_none_may_be(strangers):
    mask = np.array([[150, 0], [320, 0], [320, 240], [150, 240]])
    look(strangers, 1, make_face(unit(1), box=BOX), masks=[mask])
    assert not strangers.left(1, 1.0)
    discreet = Strangers(DIGEST, lambda *_: None, lambda: 0.5, lambda _: UNKNOWN, portraits=False)
    look(discreet, 1, make_face(unit(1)))
    discreet.left(1, 1.0)
    assert discreet.settled()[0].stay.portrait is None

"""What the looks at a track came to."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from db.evidence.records import Likeness
from stream.evidence import accounts
from stream.evidence.accounts import LOOKS, Accounts
from stream.gallery.judge import Judge
from stream.gallery.weighed import WeighedLook
from tests.fakes import ADA, BOB, RULE, found_by, make_face, unit
from tests.people import DIGEST, at

BLURRED = make_face(None, refused="blurred (sharpness 3, at least 12 needed)")
TURNED = make_face(None, refused="turned away (by about 60 degrees, limit 50)")
EMPTY: Callable = lambda queries: [[] for _ in queries]  # noqa: E731


def look(taken: Accounts, *faces, track: int = 1, search=found_by, judge=None) -> Judge:
    """Look at a track, a second apart, and weigh the looks."""
    judge = judge or Judge(search, lambda: RULE)
    for t, face in enumerate(faces):
        judge.weigh(track, face, t)
        taken.note(WeighedLook(track, float(t), face, judge.evidence(track), judge.rule))
    return judge


def moment(t: float) -> datetime:
    return at(t)


def test_the_looks_that_named_a_track_tell_how_it_came_about():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(1, 0.3)), make_face(unit(1, 0.1), 0.9))
    first, second = taken.named(1, moment)
    assert (first.time, second.time, second.quality, second.digest) == (at(0), at(1), 0.9, DIGEST)
    assert (first.likeness.who, first.likeness.other) == (ADA.id, BOB.id)
    assert first.likeness.similarity == pytest.approx(float(unit(1, 0.3)[0]))
    assert [(one.decision.state, one.decision.agreed) for one in (first, second)] == [("probable", 1), ("named", 2)]
    assert first.decision.threshold == RULE.threshold
    assert first.crop is None
    assert taken.named(1, moment) == []


def test_crops_are_kept_when_asked_for():
    taken = Accounts(DIGEST, crops=True)
    look(taken, make_face(unit(1)))
    (one,) = taken.named(1, moment)
    assert one.crop.startswith(b"\xff\xd8")


def test_further_looks_are_bounded_and_the_best():
    taken = Accounts(DIGEST)
    judge = look(taken, make_face(unit(1)), make_face(unit(1)))
    taken.named(1, moment)
    look(taken, *(make_face(unit(1), 0.3 + 0.01 * i) for i in range(30)), judge=judge)
    further, appearance = taken.left(1, moment, is_named=True)
    assert len(further) == LOOKS
    assert min(one.quality for one in further) >= 0.5
    assert (appearance.looks, appearance.usable, appearance.reason) == (32, 32, None)


def test_of_a_track_without_a_name_no_look_is_given():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(0, 0, 1)))
    looks, appearance = taken.left(1, moment, is_named=False)
    assert looks == []
    assert (appearance.looks, appearance.usable) == (1, 1)


@pytest.mark.parametrize(
    ("faces", "reason"),
    [
        ([make_face(None, refused="too small (8 px between the eyes, at least 10 needed)")] * 2, "too small"),
        ([BLURRED, TURNED, TURNED], "turned away"),
        ([BLURRED, make_face(unit(0.4, 0, 1))], accounts.BELOW),
        ([make_face(unit(1, 0.99))] * 3, accounts.MARGIN),
        ([make_face(unit(1))], accounts.FEW),
        ([make_face(unit(1))] * 3, accounts.TAKEN),
        ([], accounts.UNLOOKED),
    ],
)
def test_why_a_track_has_no_name(faces, reason):
    taken = Accounts(DIGEST)
    look(taken, *faces)
    assert taken.left(1, moment, is_named=False)[1].reason == reason


def test_where_nobody_is_enrolled_that_is_why():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(1)), search=EMPTY)
    appearance = taken.left(1, moment, is_named=False)[1]
    assert (appearance.reason, appearance.likeness) == (accounts.NOBODY, Likeness())


def test_the_best_similarity_is_told_with_the_threshold_then():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(0.4, 0.2, 1)), make_face(unit(0.2, 0.1, 1)))
    appearance = taken.left(1, moment, is_named=False)[1]
    assert appearance.likeness.who == ADA.id
    assert appearance.likeness.similarity == pytest.approx(float(unit(0.4, 0.2, 1)[0]))
    assert appearance.threshold == RULE.threshold


def test_the_usual_size_is_that_of_all_looks():
    taken = Accounts(DIGEST)
    for width in (10, 20, 60):
        face = make_face(None, refused="blurred (...)")
        face.landmarks[:2] = [[0, 0], [width, 0]]
        look(taken, face)
    assert taken.left(1, moment, is_named=False)[1].eyes == 20


def test_tracks_that_never_were_a_sighting_are_forgotten():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(1)))
    taken.keep([2])
    assert taken.left(1, moment, is_named=True)[1].looks == 0


def test_a_look_unlike_the_others_is_counted_but_not_behind_the_name():
    taken = Accounts(DIGEST)
    look(taken, make_face(unit(1)), make_face(unit(0, 0, 1)), make_face(unit(1)))
    named = taken.named(1, moment)
    assert [one.time for one in named] == [at(0), at(2)]
    assert np.isfinite([one.likeness.similarity for one in named]).all()

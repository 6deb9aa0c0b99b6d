"""Who a track is: the decision as a table of cases, and the evidence behind it."""

from dataclasses import replace

import numpy as np
import pytest

from db import Match
from stream.gallery.identity import (
    UNKNOWN,
    Identity,
    Rule,
    TrackEvidence,
    candidate,
    decide,
    is_back,
    named_since,
    shows_another,
    weigh,
)
from tests.fakes import ADA, BOB, RULE, found_by, matches, unit
from tests.fakes import make_face as face


@pytest.mark.parametrize(
    ("ada", "bob", "expected"),
    [
        (0.6, 0.1, ADA),
        (0.1, 0.6, BOB),
        (0.49, 0.1, None),  # below the threshold
        (0.60, 0.56, None),  # not far enough ahead of the next
        (0.60, 0.54, ADA),
    ],
)
def test_candidate_is_above_the_threshold_and_ahead_of_the_next(ada, bob, expected):
    assert candidate(matches(ada, bob), RULE) == expected


def test_one_person_alone_needs_no_margin_and_an_empty_gallery_names_nobody():
    assert candidate([Match(ADA, 0.5)], RULE) == ADA
    assert candidate([], RULE) is None
    assert decide(UNKNOWN, 0, [], [], RULE) == (UNKNOWN, 0)


PROBABLY, NAMED = Identity("probable", ADA, 0.6), Identity("named", ADA, 0.6)
CLEAR, BELOW = matches(0.6, 0.1), matches(0.4, 0.1)


@pytest.mark.parametrize(
    ("before", "agreed", "found", "look", "state", "person", "agreed_after"),
    [
        (UNKNOWN, 0, CLEAR, CLEAR, "probable", ADA, 1),
        (PROBABLY, 1, CLEAR, CLEAR, "named", ADA, 2),
        (PROBABLY, 1, CLEAR, BELOW, "probable", ADA, 1),  # a look that is carried by the one before agrees with nothing
        (PROBABLY, 1, CLEAR, matches(0.6, 0.58), "probable", ADA, 1),  # nor does one that points to two
        (PROBABLY, 1, CLEAR, matches(0.46, 0.1), "named", ADA, 2),  # within the slack
        (UNKNOWN, 0, CLEAR, BELOW, "probable", ADA, 0),
        (PROBABLY, 1, matches(0.1, 0.6), matches(0.1, 0.6), "probable", BOB, 1),  # it begins anew
        (PROBABLY, 1, BELOW, BELOW, "unknown", None, 0),
        (NAMED, 2, matches(0.46, 0.44), BELOW, "named", ADA, 2),  # kept within the slack, without margin
        (NAMED, 2, matches(0.44, 0.1), BELOW, "unknown", None, 0),
        (NAMED, 2, matches(0.5, 0.6), matches(0.1, 0.6), "probable", BOB, 1),  # contradicted
    ],
)
def test_each_look_confirms_changes_or_unsettles_who_it_is(before, agreed, found, look, state, person, agreed_after):
    identity, agreed = decide(before, agreed, found, look, RULE)
    assert (identity.state, identity.person, agreed) == (state, person, agreed_after)
    assert identity.similarity == found[0].similarity


@pytest.mark.parametrize(
    ("ada", "bob", "state"),
    [(0.7, 0.1, "named"), (0.69, 0.1, "probable"), (0.8, 0.65, "probable"), (0.8, 0.6, "named")],
)
def test_one_look_that_is_far_above_the_threshold_and_far_ahead_is_enough(ada, bob, state):
    found = matches(ada, bob)
    assert decide(UNKNOWN, 0, found, found, replace(RULE, clear=0.2))[0].state == state


def test_evidence_that_is_far_above_is_not_enough_where_no_look_is():
    assert decide(PROBABLY, 0, matches(0.8, 0.1), BELOW, replace(RULE, clear=0.2))[0].state == "probable"


def test_only_a_sure_name_is_shown():
    assert Identity("probable", ADA).name is None
    assert Identity("named", ADA).name == "Ada"
    assert NAMED.without_name() == Identity("unknown", None, 0.6)


def evidence(*looks, rule: Rule = RULE) -> TrackEvidence:
    """What these looks have shown, one after the other, by a gallery of Ada and Bob along the first two axes."""
    gathered = TrackEvidence()
    for look in looks:
        gathered = weigh(gathered, look, found_by, rule)
    return gathered


def like_ada(cosine: float, axis: int = 2):
    """A look so similar to Ada, and apart from that like nobody, along an axis of its own."""
    return face(unit(cosine, *[0.0] * (axis - 1), np.sqrt(1 - cosine**2)))


def test_a_poor_look_after_a_good_one_gives_no_name():
    rule = replace(RULE, threshold=0.45)
    good, poor = like_ada(0.6), like_ada(0.3)
    assert evidence(good, poor, rule=rule).identity.state == "probable"
    assert evidence(good, poor, poor, rule=rule).identity.name is None
    assert evidence(good, good, rule=rule).identity.name == "Ada"


def test_the_gallery_is_asked_once_about_a_look():
    asked = []

    def search(queries):
        asked.append(len(queries))
        return found_by(queries)

    weigh(evidence(face(unit(1, 0))), face(unit(1, 0.1)), search, RULE)
    assert asked == [2]  # who that is by all looks, and by this alone


def test_a_refused_look_tells_why_and_changes_nothing_else():
    before = evidence(face(unit(1, 0)), face(unit(1, 0)))
    after = weigh(before, face(None, refused="blurred"), found_by, RULE)
    assert after.identity == replace(before.identity, refused="blurred")
    assert after.looks == before.looks


def test_a_refusal_is_over_with_a_good_look_even_one_that_is_set_aside():
    looks = [face(unit(1, 0))] * 2
    assert evidence(*looks, face(None, refused="blurred"), face(unit(0, 0, 1))).identity.refused is None


def test_one_odd_look_does_not_take_a_name_away_but_two_do():
    known, odd = [face(unit(1, 0))] * 3, face(unit(0, 0, 1))
    assert evidence(*known, odd).identity.name == "Ada"
    assert evidence(*known, odd, odd).identity.state == "unknown"


def test_a_track_that_has_passed_to_somebody_else_takes_their_name():
    known, others = [face(unit(1, 0))] * 3, [face(unit(0, 1))] * 4
    names = [evidence(*known, *others[:count]).identity.name for count in range(1, 5)]
    assert names == ["Ada", None, "Bob", "Bob"]


def test_good_looks_weigh_more_than_bad_ones():
    looks = face(unit(1, 0), quality=0.9), face(unit(1, 0.8), quality=0.1)
    assert evidence(*looks, rule=Rule(threshold=0.8)).identity.similarity == pytest.approx(0.998, abs=0.002)


def test_only_the_best_looks_are_kept():
    looks = [face(unit(1, 0), quality) for quality in (0.9, 0.8)]
    seen = evidence(*looks, face(unit(1, 0.6), quality=0.1), rule=Rule(threshold=0.5, best=2))
    assert seen.identity.similarity == pytest.approx(1.0)


SAME, BOB_LIKE, NOBODY, BETWEEN = unit(1, 0.2), unit(0, 1), unit(0, 0, 1), unit(1, 1.15)
STRANGER = (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("of", "look", "odd_before", "doubted", "another"),
    [
        ((1, 0), SAME, 0, True, False),
        ((1, 0), NOBODY, 0, False, False),  # one bad look
        ((1, 0), NOBODY, 1, False, True),  # two in a row
        ((1, 0), NOBODY, 0, True, True),
        ((1, 0), BOB_LIKE, 0, False, True),  # unlike Ada and clearly Bob
        ((1, 0), BETWEEN, 0, False, False),  # rather like Bob than Ada, but not unlike Ada
        ((1, 0), BETWEEN, 0, True, True),
        ((1, 0), None, 1, True, False),  # refused: nothing is to be seen
        (STRANGER, SAME, 1, False, False),  # a stranger's track had rather begun with a bad look
        (STRANGER, SAME, 0, True, True),
        (STRANGER, unit(0.6, 0, 0.6), 0, True, False),  # like the stranger: that it is like Ada too says nothing
    ],
)
def test_a_look_shows_somebody_else_if_two_signs_speak_for_it(of, look, odd_before, doubted, another):
    before = evidence(*[face(unit(*of))] * 2, *[face(unit(0, 0, 0, 1))] * odd_before)
    assert shows_another(before, face(look), doubted, found_by, RULE) is another


def test_the_first_look_shows_nobody_else():
    assert not shows_another(TrackEvidence(), face(unit(1, 0)), True, found_by, RULE)


@pytest.mark.parametrize(
    ("left", "back"),
    [
        ([], False),
        ([Match(ADA, 0.9)], True),
        ([Match(BOB, 0.9)], False),  # somebody else has left
        ([Match(ADA, 0.45)], True),  # a little less alike than a name needs
        ([Match(ADA, 0.44)], False),
        ([Match(ADA, 0.6), Match(BOB, 0.56)], False),  # either of two who have left
        ([Match(ADA, 0.6), Match(BOB, 0.54)], True),
        ([Match(BOB, 0.6), Match(ADA, 0.54)], False),
    ],
)
def test_whom_the_gallery_shows_is_back_only_if_the_look_is_like_what_was_last_seen_of_them(left, back):
    assert is_back(ADA, left, RULE) is back


@pytest.mark.parametrize(
    ("looks", "name"),
    [
        ([unit(1, 0), unit(1, 0, 0.1)], "Ada"),
        ([unit(1, 0)], None),  # by one look nobody is named here
        ([unit(1, 1), unit(1, 1)], None),  # like two people
        ([], None),
    ],
)
def test_whoever_had_no_name_has_one_by_whom_was_enrolled_since(looks, name):
    before = TrackEvidence()
    for embedding in looks:
        before = weigh(before, face(embedding), lambda queries: [[Match(BOB, 0.2)] for _ in queries], RULE)
    assert named_since(before, found_by, RULE).name == name


def test_who_had_no_name_though_it_was_like_somebody_has_none_as_long_as_nobody_is_more_like_it():
    before = evidence(face(unit(1, 0)), face(unit(1, 0)))  # as of a face beside that of Ada herself
    assert named_since(before, found_by, RULE) == UNKNOWN

"""Who a track is: the decision as a table of cases, and the evidence behind it."""

from datetime import UTC, datetime

import pytest

from db import Match, Person
from stream.identity import UNKNOWN, Identity, Judge, Rule, candidate, decide
from tests.fakes import make_face as face
from tests.fakes import unit

ADA, BOB = (Person(i, name, datetime(2026, 1, 1, tzinfo=UTC), 3) for i, name in enumerate(("Ada", "Bob"), start=1))
RULE = Rule(threshold=0.5, margin=0.05, agree=2, slack=0.05)


def matches(ada: float, bob: float) -> list[Match]:
    return sorted([Match(ADA, ada), Match(BOB, bob)], key=lambda match: -match.similarity)


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
    assert decide(UNKNOWN, 0, [], RULE) == (UNKNOWN, 0)


@pytest.mark.parametrize(
    ("before", "streak", "found", "state", "person", "streak_after"),
    [
        (UNKNOWN, 0, matches(0.6, 0.1), "probable", ADA, 1),
        (Identity("probable", ADA, 0.6), 1, matches(0.6, 0.1), "named", ADA, 2),
        (Identity("probable", ADA, 0.6), 1, matches(0.1, 0.6), "probable", BOB, 1),  # the streak begins anew
        (Identity("probable", ADA, 0.6), 1, matches(0.4, 0.1), "unknown", None, 0),
        (Identity("named", ADA, 0.6), 2, matches(0.46, 0.44), "named", ADA, 2),  # kept within the slack, without margin
        (Identity("named", ADA, 0.6), 2, matches(0.44, 0.1), "unknown", None, 0),
        (Identity("named", ADA, 0.6), 2, matches(0.5, 0.6), "probable", BOB, 1),  # contradicted
    ],
)
def test_decision(before, streak, found, state, person, streak_after):
    identity, streak = decide(before, streak, found, RULE)
    assert (identity.state, identity.person, streak) == (state, person, streak_after)
    assert identity.similarity == found[0].similarity


def test_only_a_sure_name_is_shown():
    assert Identity("probable", ADA).name is None
    assert Identity("named", ADA).name == "Ada"


def judge(rule: Rule = RULE) -> Judge:
    """A gallery of Ada along the first axis and Bob along the second."""
    return Judge(lambda queries: [matches(float(query[0]), float(query[1])) for query in queries], rule)


def test_two_agreeing_looks_name_a_track():
    court = judge()
    assert court.weigh(7, face(unit(1, 0))).state == "probable"
    assert court.weigh(7, face(unit(1, 0))).name == "Ada"
    assert court.identity(8) == UNKNOWN


def test_a_refused_look_tells_why_and_changes_nothing_else():
    court = judge()
    court.weigh(7, face(unit(1, 0)))
    court.weigh(7, face(unit(1, 0)))
    identity = court.weigh(7, face(None, refused="blurred"))
    assert (identity.name, identity.refused) == ("Ada", "blurred")


def test_one_odd_look_does_not_take_a_name_away_but_two_do():
    court = judge()
    for _ in range(3):
        court.weigh(7, face(unit(1, 0)))
    assert court.weigh(7, face(unit(0, 0, 1))).name == "Ada"
    assert court.weigh(7, face(unit(0, 0, 1))).state == "unknown"


def test_a_track_that_passes_to_somebody_else_takes_their_name():
    court = judge()
    for _ in range(3):
        court.weigh(7, face(unit(1, 0)))
    names = [court.weigh(7, face(unit(0, 1))).name for _ in range(4)]
    assert names == ["Ada", None, "Bob", "Bob"]


def test_good_looks_weigh_more_than_bad_ones():
    court = judge(Rule(threshold=0.8))
    court.weigh(7, face(unit(1, 0), quality=0.9))
    identity = court.weigh(7, face(unit(1, 0.8), quality=0.1))
    assert identity.similarity == pytest.approx(0.998, abs=0.002)


def test_only_the_best_looks_are_kept():
    court = judge(Rule(threshold=0.5, best=2))
    for quality in (0.9, 0.8):
        court.weigh(7, face(unit(1, 0), quality))
    assert court.weigh(7, face(unit(1, 0.6), quality=0.1)).similarity == pytest.approx(1.0)


def test_tracks_that_are_gone_are_forgotten():
    court = judge()
    court.weigh(1, face(unit(1, 0)))
    court.weigh(2, face(unit(1, 0)))
    court.keep({2})
    assert court.identity(1) == UNKNOWN
    assert court.identity(2).state == "probable"

"""Who a track is: the decision as a table of cases, and the evidence behind it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db import Match, Person
from stream.gallery.identity import UNKNOWN, Identity, Judge, Rule, candidate, decide, returned
from tests.fakes import make_face as face
from tests.fakes import unit

ADA, BOB = (Person(i, name, datetime(2026, 1, 1, tzinfo=UTC), 3) for i, name in enumerate(("Ada", "Bob"), start=1))
RULE = Rule(threshold=0.5, margin=0.05, agree=2, slack=0.05, clear=1.0)  # no look alone is clear enough


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


@pytest.mark.parametrize(
    ("ada", "bob", "state"),
    [(0.7, 0.1, "named"), (0.69, 0.1, "probable"), (0.8, 0.65, "probable"), (0.8, 0.6, "named")],
)
def test_one_look_that_is_far_above_the_threshold_and_far_ahead_is_enough(ada, bob, state):
    assert decide(UNKNOWN, 0, matches(ada, bob), replace(RULE, clear=0.2))[0].state == state


def test_only_a_sure_name_is_shown():
    assert Identity("probable", ADA).name is None
    assert Identity("named", ADA).name == "Ada"


def judge(rule: Rule = RULE) -> Judge:
    """A gallery of Ada along the first axis and Bob along the second."""
    return Judge(lambda queries: [matches(float(query[0]), float(query[1])) for query in queries], lambda: rule)


def test_the_next_look_is_judged_by_the_rule_in_force_then():
    rules = [RULE]
    court = Judge(lambda queries: [matches(float(query[0]), 0.0) for query in queries], lambda: rules[-1])
    rules.append(replace(RULE, threshold=0.9))
    look = face(unit(0.8, 0, 0.6))
    assert [court.weigh(7, look, 0.0).state for _ in range(2)] == ["unknown", "unknown"]
    rules.append(RULE)
    assert [court.weigh(7, look, 0.0).state for _ in range(2)] == ["probable", "named"]


def test_two_agreeing_looks_name_a_track():
    court = judge()
    assert court.weigh(7, face(unit(1, 0)), 0.0).state == "probable"
    assert court.weigh(7, face(unit(1, 0)), 0.0).name == "Ada"
    assert court.identity(8) == UNKNOWN


def test_a_refused_look_tells_why_and_changes_nothing_else():
    court = judge()
    court.weigh(7, face(unit(1, 0)), 0.0)
    court.weigh(7, face(unit(1, 0)), 0.0)
    identity = court.weigh(7, face(None, refused="blurred"), 0.0)
    assert (identity.name, identity.refused) == ("Ada", "blurred")


def test_a_refusal_is_over_with_a_good_look_even_one_that_is_set_aside():
    court = judge()
    for _ in range(2):
        court.weigh(7, face(unit(1, 0)), 0.0)
    court.weigh(7, face(None, refused="blurred"), 0.0)
    assert court.weigh(7, face(unit(0, 0, 1)), 0.0).refused is None


def test_one_odd_look_does_not_take_a_name_away_but_two_do():
    court = judge()
    for _ in range(3):
        court.weigh(7, face(unit(1, 0)), 0.0)
    assert court.weigh(7, face(unit(0, 0, 1)), 0.0).name == "Ada"
    assert court.weigh(7, face(unit(0, 0, 1)), 0.0).state == "unknown"


def test_a_track_that_has_passed_to_somebody_else_takes_their_name():
    court = judge()
    for _ in range(3):
        court.weigh(7, face(unit(1, 0)), 0.0)
    names = [court.weigh(7, face(unit(0, 1)), 0.0).name for _ in range(4)]
    assert names == ["Ada", None, "Bob", "Bob"]


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
    court = named((7, of))
    for _ in range(odd_before):
        court.weigh(7, face(unit(0, 0, 0, 1)), 0.0)
    assert court.is_another(7, face(look), doubted) is another


def test_the_gallery_is_asked_once_about_a_look_however_many_questions_it_answers():
    asked = []

    def search(queries):
        asked.extend(queries.tolist())
        return [matches(float(query[0]), float(query[1])) for query in queries]

    court = Judge(search, lambda: RULE)
    for look in (unit(1, 0), unit(1, 0), unit(1, 0.1)):
        court.is_another(7, face(look), doubted=False)
        court.weigh(7, face(look), 0.0)
    assert len(asked) == 3  # about the looks at a named track so far
    court.keep(set(), 1.0)
    court.is_another(8, face(unit(0, 1)), doubted=False)
    court.weigh(8, face(unit(0, 1)), 2.0)
    assert len(asked) == 4  # is it her who has just left, and if not, who else


def test_the_first_look_shows_nobody_else():
    assert not judge().is_another(7, face(unit(1, 0)), doubted=True)


def test_a_track_is_settled_while_it_has_a_name_that_the_last_look_does_not_speak_against():
    court = judge()
    settled = []
    for look in (unit(1, 0), unit(1, 0), unit(0, 0, 1), unit(1, 0)):
        court.weigh(7, face(look), 0.0)
        settled.append(court.is_settled(7))
    assert settled == [False, True, False, True]
    assert not court.is_settled(8)


def test_good_looks_weigh_more_than_bad_ones():
    court = judge(Rule(threshold=0.8))
    court.weigh(7, face(unit(1, 0), quality=0.9), 0.0)
    identity = court.weigh(7, face(unit(1, 0.8), quality=0.1), 0.0)
    assert identity.similarity == pytest.approx(0.998, abs=0.002)


def test_only_the_best_looks_are_kept():
    court = judge(Rule(threshold=0.5, best=2))
    for quality in (0.9, 0.8):
        court.weigh(7, face(unit(1, 0), quality), 0.0)
    assert court.weigh(7, face(unit(1, 0.6), quality=0.1), 0.0).similarity == pytest.approx(1.0)


def test_tracks_that_are_gone_are_forgotten():
    court = judge()
    court.weigh(1, face(unit(1, 0)), 0.0)
    court.weigh(2, face(unit(1, 0)), 0.0)
    court.keep({2}, 0.0)
    assert court.identity(1) == UNKNOWN
    assert court.identity(2).state == "probable"


def match(person: Person, similarity: float) -> Match:
    return Match(person, similarity)


@pytest.mark.parametrize(
    ("left", "gallery", "who"),
    [
        ([], matches(0.9, 0.1), None),
        ([match(ADA, 0.9)], matches(0.9, 0.1), ADA),
        ([match(ADA, 0.9)], [], ADA),
        ([match(ADA, 0.45)], matches(0.3, 0.1), ADA),  # a little less alike than a name needs
        ([match(ADA, 0.44)], matches(0.3, 0.1), None),
        ([match(ADA, 0.6), match(BOB, 0.56)], matches(0.6, 0.1), None),  # either of two who have left
        ([match(ADA, 0.6), match(BOB, 0.54)], matches(0.6, 0.1), ADA),
        ([match(ADA, 0.6)], matches(0.6, 0.56), None),  # or somebody else of the gallery
    ],
)
def test_somebody_who_left_is_known_again_only_if_clearly_ahead_of_all_others(left, gallery, who):
    assert returned(left, gallery, RULE) == who


def named(*tracks: tuple[int, tuple[float, ...]]) -> Judge:
    """A judge that has named these tracks by their looks."""
    court = judge()
    for _ in range(2):
        for track, values in tracks:
            court.weigh(track, face(unit(*values)), 0.0)
    return court


@pytest.mark.parametrize(("back", "name"), [(1.0, "Ada"), (10.9, "Ada"), (11.0, None)])
def test_a_name_comes_back_at_the_first_look_within_the_time_limit(back, name):
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(1, 0.1)), back).name == name


def test_where_every_picture_stands_alone_no_name_comes_back():
    court = judge(replace(RULE, back_within=0.0))
    for _ in range(2):
        court.weigh(1, face(unit(1, 0)), 0.0)
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(1, 0)), 1.0).state == "probable"


def test_a_refused_look_does_not_use_up_the_first_one():
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(None, refused="blurred"), 1.5).name is None
    assert court.weigh(2, face(unit(1, 0)), 2.0).name == "Ada"


def test_somebody_else_who_comes_does_not_get_the_name():
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(0, 1)), 2.0).state == "probable"
    assert court.weigh(3, face(unit(0, 0, 1)), 2.0).state == "unknown"


def test_a_name_comes_back_once_and_not_while_its_owner_is_there():
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(1, 0)), 2.0).name == "Ada"
    assert court.weigh(3, face(unit(1, 0)), 2.0).state == "probable"
    both = named((1, (1, 0)), (2, (1, 0)))
    both.keep({2}, 1.0)
    assert both.weigh(3, face(unit(1, 0)), 2.0).state == "probable"


def test_each_of_two_gets_the_own_name_back():
    court = named((1, (1, 0)), (2, (0, 1)))
    court.keep(set(), 1.0)
    assert [court.weigh(3, face(unit(0, 1)), 2.0).name, court.weigh(4, face(unit(1, 0)), 2.0).name] == ["Bob", "Ada"]


def test_a_track_without_a_name_leaves_nothing_behind():
    court = judge()
    court.weigh(1, face(unit(1, 0)), 0.0)
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(1, 0)), 2.0).state == "probable"


def test_what_is_remembered_of_those_who_left_is_forgotten_in_the_end():
    court = judge()
    for track in range(1000):
        for _ in range(2):
            court.weigh(track, face(unit(1, 0)), track)
        court.keep(set(), track)
    assert len(court._left) == 1
    court.keep(set(), 2000.0)
    assert court._left == {}

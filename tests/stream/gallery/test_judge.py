"""The tracks of one source: who they are by their looks, who is back, and which of two has a name."""

from dataclasses import replace

import numpy as np
import pytest

from stream.gallery.identity import UNKNOWN, Rule
from stream.gallery.judge import Judge
from tests.fakes import RULE, found_by, matches, unit
from tests.fakes import make_face as face
from tracker import Track


def judge(rule: Rule = RULE) -> Judge:
    """A gallery of Ada along the first axis and Bob along the second."""
    return Judge(found_by, lambda: rule)


def named(*tracks: tuple[int, tuple[float, ...]], rule: Rule = RULE) -> Judge:
    """A judge that has named these tracks by their looks."""
    court = judge(rule)
    for _ in range(2):
        for track, values in tracks:
            court.weigh(track, face(unit(*values)), 0.0)
    return court


def seen(*found: int, coasting: tuple[int, ...] = (), t: float = 1.0, apart: float = 100.0) -> list[Track]:
    """Tracks of 50 pixels, so far apart, as they are after a search at time `t` that found some of them."""

    def box(track: int) -> np.ndarray:
        return np.array([apart * track, 0, apart * track + 50, 50], np.float32)

    return [Track(track, box(track), 0.9, 0.0, t, hits=3) for track in found] + [
        Track(track, box(track), 0.9, 0.0, t - 0.5, hits=3, misses=1) for track in coasting
    ]


def names(court: Judge, tracks: list[Track], doubted: tuple[int, ...] = ()) -> list[str | None]:
    return [identity.name for identity in court.tell_apart(tracks, doubted)]


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


def test_a_track_is_settled_while_it_has_a_name_that_the_last_look_does_not_speak_against():
    court = judge()
    settled = []
    for look in (unit(1, 0), unit(1, 0), unit(0, 0, 1), unit(1, 0)):
        court.weigh(7, face(look), 0.0)
        settled.append(court.is_settled(7))
    assert settled == [False, True, False, True]
    assert not court.is_settled(8)


def test_a_look_may_show_that_a_track_has_passed_to_somebody_else():
    court = named((7, (1, 0)))
    assert court.is_another(7, face(unit(0, 1)), doubted=True)
    assert not court.is_another(7, face(unit(1, 0)), doubted=True)
    assert not court.is_another(8, face(unit(0, 1)), doubted=True)


def test_tracks_that_are_gone_are_forgotten():
    court = judge()
    court.weigh(1, face(unit(1, 0)), 0.0)
    court.weigh(2, face(unit(1, 0)), 0.0)
    court.keep({2}, 0.0)
    assert court.identity(1) == UNKNOWN
    assert court.identity(2).state == "probable"


# Those who are back


@pytest.mark.parametrize(("back", "name"), [(1.0, "Ada"), (10.9, "Ada"), (11.0, None)])
def test_a_name_comes_back_at_the_first_look_within_the_time_limit(back, name):
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(1, 0.1)), back).name == name


def test_a_stranger_who_is_like_the_last_looks_but_not_like_the_gallery_is_nobody():
    """A gallery picture and the looks at the same person differ; a stranger may be like the looks alone."""
    ada, stranger = (0.6, 0.0, 0.8), (0.2, 0.0, 0.4, np.sqrt(0.8))
    court = named((1, ada))
    assert court.identity(1).name == "Ada"
    court.keep(set(), 1.0)
    assert unit(*ada) @ unit(*stranger) == pytest.approx(0.44, abs=0.01)
    easy = replace(RULE, threshold=0.45)
    court = named((1, ada), rule=easy)
    court.keep(set(), 1.0)
    for _ in range(3):
        assert court.weigh(2, face(unit(*stranger)), 2.0).state == "unknown"


def test_of_whoever_is_back_the_evidence_begins_anew():
    court = named((1, (1, 0)))
    court.keep(set(), 1.0)
    assert court.weigh(2, face(unit(0.6, 0, 0.8)), 2.0).name == "Ada"
    assert court.identity(2).similarity == pytest.approx(0.6)
    court.keep(set(), 3.0)
    assert court.weigh(3, face(unit(1, 0, -1.2)), 4.0).state == "probable"  # unlike the last looks, whatever was before


def test_where_every_picture_stands_alone_no_name_comes_back():
    court = named((1, (1, 0)), rule=replace(RULE, back_within=0.0))
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


def test_a_name_comes_back_not_while_its_owner_is_there():
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


# One name, one face

MORE, LESS = (1.0, 0.1), (1.0, 0.5)  # like Ada


def test_of_two_who_are_seen_side_by_side_the_one_with_the_better_evidence_has_the_name():
    for order in ((1, 2), (2, 1)):
        court = named((1, MORE), (2, LESS))
        assert names(court, seen(*order)) == [{1: "Ada", 2: None}[track] for track in order]
        loser = court.identity(2)
        assert (loser.state, loser.person) == ("unknown", None)
        assert loser.similarity == pytest.approx(0.894, abs=1e-3)
        assert not court.is_settled(2)


def test_tracks_that_were_never_found_by_the_same_search_may_be_the_same_face():
    court = named((1, MORE), (2, LESS))
    assert names(court, seen(2, coasting=(1,))) == ["Ada", "Ada"]


def test_a_face_that_was_found_twice_is_not_two():
    court = named((1, MORE), (2, LESS))
    assert names(court, seen(1, 2, apart=20.0)) == ["Ada", "Ada"]
    assert names(court, seen(1, 2, t=2.0)) == ["Ada", None]
    again = names(court, seen(1, 2, t=3.0, apart=20.0))
    assert again == ["Ada", "Ada"]  # one of both has gone over to the other's face


def test_two_who_stand_so_close_that_their_boxes_overlap_are_two():
    court = named((1, MORE), (2, LESS))
    for t, apart in enumerate((60.0, 45.0, 30.0), start=1):
        assert names(court, seen(1, 2, t=t, apart=apart)) == ["Ada", None]


def test_those_who_were_found_by_the_same_search_once_remain_two():
    court = named((1, MORE))
    assert names(court, seen(1, 2)) == ["Ada", None]
    for _ in range(2):
        court.weigh(2, face(unit(*LESS)), 1.5)
    assert names(court, seen(2, coasting=(1,), t=2.0)) == [None, "Ada"]


def test_a_name_moves_only_to_one_who_is_ahead_by_the_margin():
    for cosine, expected in ((0.93, ["Ada", None]), (0.96, [None, "Ada"])):
        court = named((1, (0.9, 0, 0.43589)))
        assert names(court, seen(1, 2)) == ["Ada", None]
        for _ in range(2):
            court.weigh(2, face(unit(cosine, 0, 0, np.sqrt(1 - cosine**2))), 1.5)
        assert names(court, seen(1, 2, t=2.0)) == expected


def test_who_has_lost_a_name_does_not_get_it_when_the_other_leaves_unless_the_own_evidence_is_better():
    court = named((1, (0.9, 0, 0.43589)), (2, (0.7, 0, 0, 0.71414)))
    assert names(court, seen(1, 2)) == ["Ada", None]
    court.keep({2}, 2.0)
    assert names(court, seen(2, t=3.0)) == [None]
    for _ in range(5):
        court.weigh(2, face(unit(1, 0.1), quality=1.0), 3.5)
    assert names(court, seen(2, t=4.0)) == ["Ada"]


def test_a_name_is_free_again_when_its_owner_turns_out_to_be_somebody_else():
    court = named((1, MORE), (2, LESS))
    assert names(court, seen(1, 2)) == ["Ada", None]
    for _ in range(4):
        court.weigh(1, face(unit(0, 1)), 1.5)
    assert names(court, seen(1, 2, t=2.0)) == ["Bob", "Ada"]


def test_a_name_is_free_again_when_its_owner_turns_out_to_be_a_picture_however_like_the_person():
    court = named((1, MORE), (2, LESS))
    assert names(court, seen(1, 2)) == ["Ada", None]
    court.withdraw(1)
    assert names(court, seen(2, t=2.0)) == ["Ada"]


def test_a_track_that_may_have_passed_to_another_face_stands_in_nobodys_way():
    court = named((1, MORE), (2, LESS))
    assert names(court, seen(1, 2)) == ["Ada", None]
    assert names(court, seen(1, 2, t=2.0), doubted=(1,)) == ["Ada", "Ada"]
    court.keep({2, 3}, 2.0)  # it had: the face goes on as a new track
    assert names(court, seen(2, 3, t=3.0)) == ["Ada", None]


def test_who_has_lost_a_name_is_not_known_again_by_it():
    court = named((1, MORE), (2, LESS))
    names(court, seen(1, 2))
    court.keep({1}, 1.0)
    court.keep(set(), 1.5)
    assert court._left[1].mean @ unit(*MORE) == pytest.approx(1.0)

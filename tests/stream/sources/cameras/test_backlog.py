"""Pictures that were held up on their way are told from those just made."""

import pytest

from stream.sources.cameras.backlog import Backlog

FPS = 25


def held(backlog, *pictures):
    return [backlog.holds(made, arrived) for made, arrived in pictures]


def live(start, count, delay=100.0):
    """Pictures that come as they are made, by two clocks that differ."""
    return [(start + i / FPS, start + i / FPS + delay) for i in range(count)]


def burst(start, until, delay=100.0):
    """Pictures made from `start` to `until` that come at its end, as fast as they can be decoded."""
    return [(start + i / FPS, until + i * 0.005 + delay) for i in range(round((until - start) * FPS))]


def slow(start, seconds, growth, delay=100.0):
    """Pictures that come, for so many seconds, later by `growth` in each of them, without a silence."""
    count = round(seconds * FPS * (1 - growth))
    return [(start + i / FPS, start + i / FPS / (1 - growth) + delay) for i in range(count)]


def test_pictures_that_come_as_they_are_made_are_not_held_up():
    assert not any(held(Backlog(), *live(0, 50)))


def test_what_was_held_up_is_told_until_it_is_up_to_date():
    backlog = Backlog()
    held(backlog, *live(0, 50))
    answers = held(backlog, *burst(2.0, 4.0))
    assert answers[:30] == [True] * 30
    assert not answers[-1]
    assert not any(held(backlog, *live(4.4, 50)))
    assert not backlog.is_hopeless()


def test_pictures_that_are_missing_after_a_silence_hold_nothing_up():
    backlog = Backlog()
    held(backlog, *live(0, 50))
    assert not any(held(backlog, *live(5.0, 50)))


def test_a_delay_that_stays_is_hopeless():
    backlog = Backlog()
    held(backlog, *live(0, 50))
    assert all(held(backlog, *live(3.0, 100, delay=103.0)))
    assert backlog.is_hopeless()


def test_a_camera_whose_times_are_not_those_of_its_pictures_is_believed_as_long_as_it_does_not_fall_silent():
    assert not any(held(Backlog(), *[(i / 50, i / FPS) for i in range(500)]))


@pytest.mark.parametrize("growth", [0.2, 0.5, 0.8])
def test_pictures_that_come_later_and_later_are_held_up_though_there_is_no_silence(growth):
    backlog, pictures = Backlog(), slow(5.0, 2.5 / growth, growth)
    held(backlog, *live(0, 125))
    lags = [arrived - made - 100.0 for made, arrived in pictures]
    assert held(backlog, *pictures) == [lag > 0.8 for lag in lags]


def test_the_lag_of_a_camera_that_gives_few_pictures_is_told_too():
    backlog = Backlog()
    held(backlog, *[(i / 2, i / 2 + 100.0) for i in range(20)])
    assert held(backlog, *[(10 + i / 2, 10 + 0.7 * i + 100.0) for i in range(10)]) == [i > 4 for i in range(10)]


def test_a_lag_that_can_be_made_good_is_made_good():
    backlog = Backlog()
    held(backlog, *live(0, 125))
    held(backlog, *slow(5.0, 2.0, growth=0.8))  # up to 5.4
    answers = held(backlog, *burst(5.4, 7.0))
    assert answers[:20] == [True] * 20
    assert not answers[-1]
    assert not any(held(backlog, *live(7.4, 50)))
    assert not backlog.is_hopeless()


def test_a_lag_that_stays_needs_a_new_connection_which_is_watched_in_the_same_way():
    backlog = Backlog()
    held(backlog, *live(0, 125))
    held(backlog, *slow(5.0, 5.0, growth=0.8))
    assert backlog.is_hopeless()
    backlog.begin(6.5)
    assert not backlog.is_hopeless()
    pictures = slow(0.0, 4.0, growth=0.8, delay=7.0)
    assert held(backlog, *pictures) == [arrived - made - 7.0 > 0.8 for made, arrived in pictures]


def test_where_new_connections_do_not_help_they_become_rare():
    backlog = Backlog()
    held(backlog, *live(0, 125))
    hopeless, t = [], 5.0
    while t < 3600.0:
        for made, arrived in slow(t, 600.0, growth=0.5):
            backlog.holds(made, arrived)
            if backlog.is_hopeless():
                break
        hopeless.append(arrived - 100.0 - t)
        t = arrived - 100.0
        backlog.begin(arrived)
    assert hopeless[:9] == pytest.approx([4.6] * 3 + [6.2] * 3 + [9.4] * 3, abs=0.2)
    assert hopeless[-1] > 100


def often_given_up() -> Backlog:
    """At the beginning of a connection, after four that came to lag."""
    backlog = Backlog()
    held(backlog, *live(0, 125), *slow(5.0, 5.0, growth=0.8))
    for _ in range(3):
        backlog.begin(99.5)
        held(backlog, *slow(0, 5.0, growth=0.8))
    backlog.begin(99.5)
    return backlog


def test_a_connection_that_is_lost_while_its_pictures_come_on_time_was_of_help():
    backlog = often_given_up()
    held(backlog, *live(0, 75))
    backlog.begin(103.5)
    pictures = slow(7.0, 2.0, growth=0.8)
    held(backlog, *live(4, 75))
    assert held(backlog, *pictures) == [arrived - made - 100.0 > 0.8 for made, arrived in pictures]


def given_up(opening: float = 0.6) -> Backlog:
    """After a connection whose first picture came so many seconds after it was begun, and that came to lag."""
    backlog = Backlog()
    backlog.begin(100.0 - opening)
    held(backlog, *live(0, 125), *slow(5.0, 5.0, growth=0.8))
    assert backlog.is_hopeless()
    return backlog


@pytest.mark.parametrize(("opening", "old"), [(0.6, False), (1.3, False), (1.5, True), (3.0, True)])
def test_after_a_lag_a_connection_that_opens_later_than_others_begins_with_old_pictures(opening, old):
    backlog = given_up()
    backlog.begin(116.0)
    assert held(backlog, *live(0, 50, delay=116.0 + opening)) == [old] * 50


@pytest.mark.parametrize("made", [2.0, -1000.0], ids=["it waited for a key picture", "its times are others"])
def test_after_a_lag_no_picture_is_taken_to_be_older_than_the_stream_and_the_connection_are(made):
    backlog = given_up()
    backlog.begin(116.0)
    assert not any(held(backlog, *live(made, 50, delay=116.7 - min(made, 0.0))))


def test_old_pictures_at_the_beginning_are_let_pass_where_no_connection_opens_sooner():
    backlog = given_up(opening=2.0)
    backlog.begin(116.0)
    assert not any(held(backlog, *live(0, 50, delay=118.0)))


def test_old_pictures_at_the_beginning_can_be_made_good():
    backlog = given_up()
    backlog.begin(116.0)
    answers = held(backlog, *burst(0.0, 2.0, delay=116.0))
    assert answers[:25] == [True] * 25
    assert not any(held(backlog, *live(2.4, 50, delay=116.0)))


def test_a_connection_that_opens_late_for_another_reason_than_a_lag_is_not_held_up():
    backlog = Backlog()
    backlog.begin(99.4)
    held(backlog, *live(0, 125))
    backlog.begin(106.0)
    assert not any(held(backlog, *live(0, 50, delay=109.0)))


def test_a_picture_without_a_time_is_held_up_as_those_before_it_and_the_first_of_all_after_a_lag():
    backlog = Backlog()
    assert held(backlog, (None, 100.0), *live(0, 125), (None, 105.0)) == [False] * 127
    assert held(backlog, *slow(5.0, 5.0, growth=0.8), (None, 116.0))[-1]
    backlog.begin(116.0)
    assert held(backlog, (None, 116.4), (0.0, 116.4), (None, 116.4)) == [True, False, False]


def test_what_has_come_on_time_for_long_is_held_against_nobody():
    backlog = often_given_up()
    pictures = slow(11.0, 2.0, growth=0.8)
    held(backlog, *live(0, 275))
    assert held(backlog, *pictures) == [arrived - made - 100.0 > 0.8 for made, arrived in pictures]


def test_after_hours_in_which_the_clocks_drifted_apart_a_lag_is_still_told():
    backlog, hours = Backlog(), [i / 4 for i in range(4 * 3 * 3600)]
    assert not any(held(backlog, *[(t, t * 1.0001 + 100.0) for t in hours]))
    delay = 100.0 + 3 * 3600 * 0.0001
    pictures = slow(3 * 3600.0, 2.0, growth=0.8, delay=delay)
    assert held(backlog, *pictures) == [arrived - made - delay > 0.8 for made, arrived in pictures]

"""Pictures that were held up on their way are told from those just made."""

import pytest

from stream.backlog import Backlog

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
    backlog.begin()
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
        backlog.begin()
    assert hopeless[:9] == pytest.approx([4.6] * 3 + [6.2] * 3 + [9.4] * 3, abs=0.2)
    assert hopeless[-1] > 100


def test_what_has_come_on_time_for_long_is_held_against_nobody():
    backlog = Backlog()
    held(backlog, *live(0, 125), *slow(5.0, 5.0, growth=0.8))
    for _ in range(3):
        backlog.begin()
        held(backlog, *slow(0, 5.0, growth=0.8))
    backlog.begin()
    pictures = slow(11.0, 2.0, growth=0.8)
    held(backlog, *live(0, 275))
    assert held(backlog, *pictures) == [arrived - made - 100.0 > 0.8 for made, arrived in pictures]


def test_after_hours_in_which_the_clocks_drifted_apart_a_lag_is_still_told():
    backlog, hours = Backlog(), [i / 4 for i in range(4 * 3 * 3600)]
    assert not any(held(backlog, *[(t, t * 1.0001 + 100.0) for t in hours]))
    delay = 100.0 + 3 * 3600 * 0.0001
    pictures = slow(3 * 3600.0, 2.0, growth=0.8, delay=delay)
    assert held(backlog, *pictures) == [arrived - made - delay > 0.8 for made, arrived in pictures]

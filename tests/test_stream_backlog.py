"""Pictures that were held up on their way are told from those just made."""

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

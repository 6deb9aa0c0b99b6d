"""Whether a camera is searched for faces often enough, and what is said where it is not."""

from dataclasses import replace

import pytest

from stream.monitoring.status import PERIOD, REMINDER, SELDOM, Reminder, Watchman
from stream.service.watch.session import WatchSession
from stream.sources.cameras.camera import Camera
from stream.sources.cameras.state import State, Status
from stream.watching.feed import Feed
from tests.cameras import Clock
from tests.clips import make_view


class Door(Camera):
    """A camera of which the test says how it is."""

    status = Status(State.LIVE)

    def __init__(self, name: str = "door") -> None:
        super().__init__(name, lambda: pytest.fail("nobody is to connect to it"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def watch(watchman: Watchman, clock: Clock, seconds: float, searches: float, pictures: float = 10.0) -> None:
    """Let time pass, with views of so many pictures a second, so many of which tell of a search."""
    began, told = clock.now, 0
    for index in range(round(seconds * pictures) + 2):
        passed = index / pictures
        clock.now, due = began + passed, int(passed * searches)
        watchman.note(replace(make_view(index), detected=due > told))
        told = due


def test_a_camera_that_is_searched_too_seldom_says_so_and_what_to_do(clock):
    door = Watchman(Door(), clock)
    watch(door, clock, PERIOD, searches=0.2)
    told = door.status()
    assert told.problem == door.seldom
    assert told.problem.startswith("door is searched for faces only every 5 seconds, too seldom to find who walks by: ")
    assert "watch fewer cameras" in told.problem
    assert told.well  # its pictures come and are shown


def test_one_that_is_not_searched_at_all_is_told_of_too(clock):
    door = Watchman(Door(), clock)
    watch(door, clock, PERIOD, searches=0.0)
    assert "not once in 30 seconds" in door.status().problem


def test_nothing_is_said_of_one_that_is_searched_often_enough_or_was_watched_too_briefly(clock):
    door, new = Watchman(Door(), clock), Watchman(Door("new"), clock)
    watch(door, clock, PERIOD, searches=2 * SELDOM)
    watch(new, clock, PERIOD / 2, searches=0.0)
    assert (door.seldom, new.seldom) == (None, None)


def test_it_is_over_when_a_period_was_better(clock):
    door = Watchman(Door(), clock)
    watch(door, clock, PERIOD, searches=0.0)
    watch(door, clock, PERIOD, searches=5.0)
    assert door.status().problem is None


def test_a_camera_that_sends_few_pictures_is_searched_as_often_as_it_can_be(clock):
    slow = Watchman(Door(), clock)
    watch(slow, clock, 2 * PERIOD, searches=0.2, pictures=0.2)
    assert slow.status().problem is None


def test_dropped_pictures_are_no_excuse(clock):
    door = Watchman(Door(), clock)
    for index in range(0, round(31 * PERIOD), 30):  # of 30 a second each thirtieth is shown, as on a busy computer
        door.note(replace(make_view(index), detected=index % 180 == 0))
        clock.now += 1.0
    assert "every 6 seconds" in door.seldom


def test_the_time_in_which_a_camera_was_lost_does_not_count(clock):
    camera = Door()
    door = Watchman(camera, clock)
    watch(door, clock, 2.0, searches=1.0)
    clock.now += PERIOD
    camera.reconnects += 1
    watch(door, clock, 2.0, searches=1.0)
    assert door.status().problem is None
    watch(door, clock, PERIOD, searches=0.0)
    assert door.seldom
    camera.status = Status(State.RECONNECTING, "door is lost.")
    assert (door.seldom, door.status().problem.startswith("door gives")) == (None, False)


def test_a_reminder_says_it_in_one_sentence_for_all_and_not_all_the_time(clock):
    cameras = [Watchman(Door(name), clock) for name in ("door", "gate", "yard")]
    reminder = Reminder()
    assert reminder.due(cameras, clock.now) is None
    began = clock.now
    for camera, searches in zip(cameras, (5.0, 0.1, 0.2), strict=True):
        clock.now = began
        watch(camera, clock, PERIOD, searches)
    assert reminder.due(cameras, clock.now) == f"{cameras[1].seldom} The same goes for 1 more."
    assert reminder.due(cameras, clock.now + REMINDER - 1) is None
    assert reminder.due(cameras[:2], clock.now + REMINDER) == cameras[1].seldom


def test_a_session_puts_it_in_the_log_once(caplog, clock):
    def views():
        for index in range(200):  # four periods of 30 seconds and more
            clock.now += 1.0
            yield replace(make_view(index), detected=False)

    session = WatchSession(None, [Feed(Door())], clock=clock)
    session._views = views
    session.run()
    assert [record.message for record in caplog.records] == [session.cameras()[0].problem]

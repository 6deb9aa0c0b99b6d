"""A worker in a thread of its own: the caller never waits, nothing queues up, nothing fails in silence."""

import threading
import time

import pytest

from stream.beside import Beside

PATIENCE = 5.0  # seconds


class Echo:
    """Gives back what it was given, once it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.taken = []

    def submit(self, work) -> None:
        self.taken.append(work)
        assert self.let.wait(PATIENCE)
        if work == "bad":
            raise ValueError("bad work")

    def finished(self):
        return [self.taken[-1]]


def wait_for(beside: Beside):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if results := beside.finished():
            return list(results)
        time.sleep(0.001)
    raise TimeoutError


@pytest.fixture
def echo():
    return Echo()


def test_work_comes_back_later_and_only_once(echo):
    with Beside(echo) as beside:
        beside.submit(1)
        assert list(beside.finished()) == []
        echo.let.set()
        assert wait_for(beside) == [1]
        assert list(beside.finished()) == []


def test_what_comes_while_it_works_is_dropped(echo):
    with Beside(echo) as beside:
        for work in (1, 2, 3):
            beside.submit(work)
        echo.let.set()
        assert wait_for(beside) == [1]
        beside.submit(4)
        assert wait_for(beside) == [4]
    assert echo.taken == [1, 4]


def test_nothing_is_taken_on_before_the_results_were_taken(echo):
    echo.let.set()
    with Beside(echo) as beside:
        beside.submit(1)
        time.sleep(0.05)
        beside.submit(2)
        assert wait_for(beside) == [1]
    assert echo.taken == [1]


def test_a_failure_reaches_the_caller(echo):
    echo.let.set()
    with Beside(echo) as beside:
        beside.submit("bad")
        with pytest.raises(ValueError, match="bad work"):
            wait_for(beside)


def test_leaving_ends_the_thread(echo):
    echo.let.set()
    with Beside(echo) as beside:
        beside.submit(1)
    assert not any(thread.name == "Echo" for thread in threading.enumerate())

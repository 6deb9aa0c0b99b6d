"""The thread that shows the pictures goes first."""

import os
import sys
import threading

import cv2
import pytest

from models.manifest import find
from models.runtime import Network
from stream.priority import SWITCH, display_first, step_back
from tests.networks import described


def settings() -> tuple[float, int]:
    return sys.getswitchinterval(), cv2.getNumThreads()


def test_the_settings_hold_within_and_are_put_back_whatever_happens():
    before, within = settings(), []

    def show() -> None:
        with display_first():
            within.append(settings())
            raise KeyError

    with pytest.raises(KeyError):
        show()
    assert within == [(pytest.approx(SWITCH), 1)]
    assert settings() == before


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no niceness of its own here")
def test_only_the_thread_that_steps_back_becomes_nicer():
    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def run() -> None:
        step_back()
        found.append(nice())

    found: list[int] = []
    before = nice()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [min(before + 10, 19)]
    assert nice() == before


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no niceness of its own here")
def test_the_threads_that_help_a_network_step_back_with_who_runs_it(tmp_path):
    def nice(thread: int) -> int:
        return os.getpriority(os.PRIO_PROCESS, thread)

    path = described(tmp_path / "own.onnx", "embedding")
    network = Network(find("embedding", str(path)), threads=3)
    before = [nice(helper) for helper in network.helpers]
    ended = 2**22 + 1  # no system has so many threads
    for _ in range(2):
        thread = threading.Thread(target=step_back, args=([*network.helpers, ended],))
        thread.start()
        thread.join()
    assert len(before) == 2
    assert [nice(helper) for helper in network.helpers] == [min(one + 10, 19) for one in before]

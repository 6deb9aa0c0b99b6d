"""Who goes first when the CPUs are too few: the thread that shows the pictures, then those that read them."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import cv2

SWITCH = 0.0005  # seconds that a thread may go on while another waits; Python's 5 ms are a sixth of a frame
STEP = 10  # of niceness, of heavy work
HALF_STEP = 5  # of reading: before heavy work, which would let a camera's pictures pile up, and behind showing them
NICEST = 19


@contextmanager
def display_first() -> Iterator[None]:
    """Within it, a thread that shows pictures soon gets its turn beside heavy ones, and OpenCV keeps to its caller's.

    What the display asks of OpenCV is small: waiting for a pool's threads would take longer than the work.
    """
    interval = sys.getswitchinterval()
    threads = cv2.getNumThreads()
    sys.setswitchinterval(SWITCH)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        cv2.setNumThreads(threads)


def step_back(helpers: Iterable[int] = (), by: int = STEP) -> None:
    """Let all others go before the calling thread, for good. Only Linux knows of a thread's own niceness.

    Args:
        helpers: the system's ids of threads that share its work, as those of networks do; they come to be as nice as
            it. Those that have ended are passed over.
        by: of niceness, how far.
    """
    if sys.platform != "linux":
        return
    own = threading.get_native_id()
    nice = min(os.getpriority(os.PRIO_PROCESS, own) + by, NICEST)
    for thread in (own, *helpers):
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, thread, max(nice, os.getpriority(os.PRIO_PROCESS, thread)))

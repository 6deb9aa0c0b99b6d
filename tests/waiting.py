"""Waiting for what other threads and programs do."""

import time
from collections.abc import Callable

LONG = 60.0  # seconds after which a test has failed, however slow and busy the machine


def wait_for(condition: Callable[[], object], seconds: float = LONG, what: str = "it") -> None:
    """Look again and again until it is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen in {seconds:.0f} seconds"
        time.sleep(0.01)

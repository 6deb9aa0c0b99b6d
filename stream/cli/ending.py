"""How signals end the program: with the exit status that a shell gives them, and without a word.

An exception may be raised by a signal between any two steps of the main thread, also while it holds a lock, or tells
another thread of something, which then waits for ever. So what shares work with other threads is asked to end instead.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last
Handler = Callable[[int, FrameType | None], None]


def at_once(number: int, _: FrameType | None) -> None:
    """End while there is nothing to keep: an import that an exception interrupts may make another one of it."""
    os._exit(128 + number)


def in_order(number: int, _: FrameType | None) -> None:
    """End with everything kept and closed, also from a question, which takes a KeyboardInterrupt for an answer."""
    sys.exit(128 + number)


def set_signals(handler: Handler) -> None:
    """Handle the signals that end a program, save those that whoever started it wants ignored, as `nohup` does."""
    for number in _numbers():
        signal.signal(number, handler)


@contextmanager
def signals(handler: Handler) -> Iterator[None]:
    """Handle them so for a while."""
    before = {number: signal.getsignal(number) for number in _numbers()}
    set_signals(handler)
    try:
        yield
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


@contextmanager
def asked_to_end(stop: Callable[[], None]) -> Iterator[None]:
    """Within it, the first signal only calls `stop`, which must let the block end; then the program ends in order.

    One more signal does not wait for that.

    Args:
        stop: called amid whatever the main thread does: it takes no lock that this thread cannot take twice.
    """
    received: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if received:
            in_order(number, frame)
        received.append(number)
        stop()

    with signals(ask):
        yield
    if received:
        in_order(received[0], None)


def _numbers() -> list[signal.Signals]:
    known = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]

"""How a live source is, and what its thread leaves to whoever reads: the newest frame and the states it was in."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from stream.frame import Frame


class State(StrEnum):
    """How a live source is."""

    CONNECTING = "connecting"
    LIVE = "live"
    STILL = "still"  # pictures come, but they are all the same: nothing moves there, or the camera is frozen
    STALLED = "stalled"  # connected, but no picture comes
    RECONNECTING = "reconnecting"
    FAILED = "failed"  # it refuses us: tried again, but somebody has to do something
    ENDED = "ended"


WELL = {State.LIVE, State.STILL}  # pictures come: the last one is how it looks there now
AWAY = {State.STALLED, State.RECONNECTING, State.FAILED}  # none come, and nobody knows how it looks there


@dataclass(frozen=True, slots=True)
class Status:
    """How a live source is, and what is wrong with it at present: it may be stalled without anything.

    Attributes:
        cause: of what is wrong, in a sentence.
        again: seconds after which it is tried again.
    """

    state: State
    cause: str | None = None
    again: float | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong, and whether it is tried again, in sentences."""
        return self.cause if self.again is None else f"{self.cause} Trying again in {self.again:.0f} s."

    def is_news_after(self, other: "Status") -> bool:
        """Whether it differs by more than the words for a problem."""
        return (self.state, self.problem is None) != (other.state, other.problem is None)


class Mailbox:
    """Where a camera's thread leaves the newest frame and the states it has been in; any thread may ask.

    Whoever takes the frame makes it. Nothing comes after the end.

    Attributes:
        status: the state that was entered last.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()  # of what follows
        self.status = Status(State.CONNECTING)
        self._news: list[Status] = []
        self._newest: Callable[[], Frame] | None = None

    def put(self, frame: Callable[[], Frame], status: Status) -> bool:
        """Leave a frame and be in a state; returns whether the one before was taken by nobody."""
        with self._changed:
            replaced = self._newest is not None
            if self.status.state is State.ENDED:
                return False
            self._newest = frame
            self.enter(status)
        return replaced

    def enter(self, status: Status) -> None:
        """Be in another state from now on."""
        with self._changed:
            if self.status.state is not State.ENDED:
                if status.is_news_after(self.status):
                    self._news.append(status)
                self.status = status
            self._changed.notify_all()

    def close(self) -> None:
        """End, and give nobody the frame that is there."""
        with self._changed:
            self._newest = None
            self.enter(Status(State.ENDED, self.status.cause))

    def take(self, timeout: float, otherwise: Callable[[], Status]) -> tuple[Callable[[], Frame] | None, list[Status]]:
        """What makes the newest frame, and the states since the last time, in their order.

        Args:
            timeout: seconds to wait for a frame; none comes after the end.
            otherwise: the state to be in where none has come, which nobody else sees.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self.status.state is State.ENDED, timeout)
            frame, self._newest = self._newest, None
            if frame is None:
                self.enter(otherwise())
            news, self._news = self._news, []
        return frame, news

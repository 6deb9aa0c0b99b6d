"""How often something happens."""

from collections import deque

WINDOW = 5.0  # seconds over which rates are told


class Rate:
    """How often something happened a second, within the last `WINDOW`."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def note(self, now: float) -> None:
        """It happens at `now`, in seconds."""
        self._times.append(now)
        self._forget(now)

    def at(self, now: float) -> float:
        """Times a second; 0 once it has not happened for the whole window."""
        self._forget(now)
        return len(self._times) / WINDOW

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] <= now - WINDOW:
            self._times.popleft()

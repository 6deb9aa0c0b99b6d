"""What is reported and not stored yet."""

from collections.abc import Sequence

from db.bridge.bridge import Batch, Bridge
from db.sightings.reports import Report


class Backlog:
    """Batches that are to be stored, in memory and, where those that had to wait went there, in a bridge.

    Attributes:
        newest: the number of the newest batch.

    Raises:
        DatabaseError: from every method, the bridge's file cannot be read or written.
    """

    def __init__(self, bridge: Bridge | None = None) -> None:
        self.newest = 0 if bridge is None else bridge.last
        self._bridge = bridge
        self._in_memory: list[Batch] = []

    @property
    def in_memory(self) -> int:
        """How many reports would be lost with this process."""
        return sum(len(batch.reports) for batch in self._in_memory)

    @property
    def is_bridged(self) -> bool:
        """Whether some wait on disk."""
        return self._bridge is not None and self._bridge.last > 0

    def add(self, reports: Sequence[Report]) -> None:
        """Add a batch, in memory."""
        self.newest += 1
        self._in_memory.append(Batch(self.newest, tuple(reports)))

    def bridge(self) -> None:
        """Let all wait on disk, where there is a bridge."""
        if self._bridge is not None:
            self._bridge.add(self._in_memory)
            self._in_memory.clear()

    def first(self) -> list[Batch]:
        """Those to store next."""
        return self._bridge.first() if self._bridge is not None and self._bridge.last else self._in_memory.copy()

    def drop(self, last: int) -> None:
        """Forget those up to this one, which are stored."""
        self._in_memory = [batch for batch in self._in_memory if batch.number > last]
        if self._bridge is not None and self._bridge.last:
            self._bridge.drop(last)

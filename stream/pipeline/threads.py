"""One worker in a thread of its own for all cameras, so that no picture waits for it and no camera for another."""

import threading
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from stream.pipeline.priority import step_back
from stream.pipeline.workers import Worker

Result = TypeVar("Result")


class Shared(Generic[Result]):
    """Runs a worker beside its callers, within a `with` block; the cameras take turns.

    Nothing queues up: a camera's work that waits for its turn is replaced by newer work.
    """

    def __init__(self, worker: Worker[Result]) -> None:
        self._worker = worker
        self._changed = threading.Condition()
        self._places: deque[_Place[Result]] = deque()  # whose turn was longest ago comes first
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=type(worker).__name__, daemon=True)

    def for_camera(self) -> Worker[Result]:
        """The worker as one more camera sees it. What it raises over a camera's work that one hears from `finished`."""
        place = _Place(self)
        with self._changed:
            self._places.append(place)
        return place

    def forget(self, worker: Worker[Result]) -> None:
        """One of these cameras wants no more."""
        with self._changed:
            self._places = deque(place for place in self._places if place is not worker)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _put(self, place: "_Place[Result]", work: tuple[Any, ...]) -> None:
        with self._changed:
            place.work = work
            self._changed.notify()

    def _take(self, place: "_Place[Result]") -> Sequence[Result]:
        with self._changed:
            if place.failure is not None:
                failure, place.failure = place.failure, None
                raise failure
            results, place.results = place.results, []
            return results

    def _run(self) -> None:
        step_back()
        while (turn := self._next()) is not None:
            place, work = turn
            try:
                self._worker.submit(*work)
                results = self._worker.finished()
            except Exception as error:  # whatever it is, whose work it was must hear of it, and the others go on
                with self._changed:
                    place.failure, place.running = error, False
                continue
            with self._changed:
                place.results += results
                place.running = False

    def _next(self) -> "tuple[_Place[Result], tuple[Any, ...]] | None":
        """Whose turn it is, and with what; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or any(place.work is not None for place in self._places))
            if self._closed:
                return None
            place = next(place for place in self._places if place.work is not None)
            self._places.remove(place)
            self._places.append(place)
            work, place.work, place.running = place.work, None, True
            return place, work or ()


class _Place(Generic[Result]):
    """A camera's place at the shared worker: the work that waits, whether work is being done, and the results, or what
    was raised in their place, that were not yet taken."""

    def __init__(self, shared: Shared[Result]) -> None:
        self._shared = shared
        self.work: tuple[Any, ...] | None = None
        self.running = False
        self.results: list[Result] = []
        self.failure: Exception | None = None

    @property
    def waiting(self) -> bool:
        """Whether its work waits for its turn."""
        return self.work is not None

    @property
    def busy(self) -> bool:
        """Whether its work is being done, or is done and was not taken yet."""
        return self.running or bool(self.results)

    def submit(self, *work: Any) -> None:
        """Take work on, in place of any that waits."""
        self._shared._put(self, work)

    def finished(self) -> Sequence[Result]:
        """What has been done since the last call."""
        return self._shared._take(self)

"""One worker in a thread of its own for all cameras, so that no picture waits for it and no camera for another."""

import threading
from collections import deque
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from stream.frame import Frame
from stream.pipeline.workers import Worker
from stream.priority import step_back

Request = TypeVar("Request")
Result = TypeVar("Result")


class WorkerThread(Generic[Request, Result]):
    """Runs a worker beside its callers, within a `with` block; the cameras take turns.

    Nothing queues up: a camera's work that waits for its turn is replaced by newer work.

    Args:
        helpers: the system's ids of threads that share the worker's work, and step back with it.
    """

    def __init__(self, worker: Worker[Request, Result], helpers: Collection[int] = ()) -> None:
        self._worker = worker
        self._helpers = helpers
        # All who wait are told, though only one thread does: where a signal's exception broke `notify` off, that thread
        # stands among them twice, and `notify` would tell the one that waits no more.
        self._changed = threading.Condition()
        self._slots: deque[_Slot[Request, Result]] = deque()  # whose turn was longest ago comes first
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=type(worker).__name__, daemon=True)

    def for_camera(self) -> Worker[Request, Result]:
        """The worker as one more camera sees it. What it raises over a camera's work that one hears from `finished`."""
        slot = _Slot(self)
        with self._changed:
            self._slots.append(slot)
        return slot

    def forget(self, worker: Worker[Request, Result]) -> None:
        """One of these cameras wants no more."""
        with self._changed:
            self._slots = deque(slot for slot in self._slots if slot is not worker)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _put(self, slot: "_Slot[Request, Result]", frame: Frame, request: Request) -> None:
        with self._changed:
            slot.work = frame, request
            self._changed.notify_all()

    def _take(self, slot: "_Slot[Request, Result]") -> Sequence[Result]:
        with self._changed:
            if slot.failure is not None:
                failure, slot.failure = slot.failure, None
                raise failure
            results, slot.results, slot.done = slot.results, [], []
            return results

    def _begun(self, slot: "_Slot[Request, Result]") -> Sequence[Request]:
        with self._changed:
            return slot.done if slot.running is None else [*slot.done, slot.running]

    def _run(self) -> None:
        step_back(self._helpers)
        while (turn := self._next()) is not None:
            slot, frame, request = turn
            try:
                self._worker.submit(frame, request)
                results = self._worker.finished()
            except Exception as error:  # whatever it is, whose work it was must hear of it, and the others go on
                with self._changed:
                    slot.failure = error
                    slot.running = None
                continue
            with self._changed:
                slot.results += results
                slot.done.append(request)
                slot.running = None

    def _next(self) -> "tuple[_Slot[Request, Result], Frame, Request] | None":
        """Whose turn it is, and with what; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or any(slot.work for slot in self._slots))
            if self._closed:
                return None
            slot = next(slot for slot in self._slots if slot.work)
            self._slots.remove(slot)
            self._slots.append(slot)
            assert slot.work is not None
            (frame, slot.running), slot.work = slot.work, None
            return slot, frame, slot.running


class _Slot(Generic[Request, Result]):
    """A camera's place at the worker.

    Attributes:
        work: what waits for its turn.
        running: what is being done.
        done: what was done, and of which the results were not yet taken.
        results: of what was done.
        failure: what was raised in the place of results, and was not yet taken either.
    """

    def __init__(self, thread: WorkerThread[Request, Result]) -> None:
        self._thread = thread
        self.work: tuple[Frame, Request] | None = None
        self.running: Request | None = None
        self.done: list[Request] = []
        self.results: list[Result] = []
        self.failure: Exception | None = None

    @property
    def waiting(self) -> Request | None:
        """What waits for its turn."""
        work = self.work  # its thread may begin it at any moment
        return None if work is None else work[1]

    @property
    def under_way(self) -> Sequence[Request]:
        """What is being done, or is done and was not taken yet."""
        return self._thread._begun(self)

    def submit(self, frame: Frame, request: Request) -> None:
        """Take work on, in place of any that waits."""
        self._thread._put(self, frame, request)

    def finished(self) -> Sequence[Result]:
        """What has been done since the last call."""
        return self._thread._take(self)

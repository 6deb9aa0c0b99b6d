"""A worker in a thread of its own, so that a camera's picture never waits for it."""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from stream.workers import Worker

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Runs a worker beside the caller, within a `with` block.

    Nothing queues up: what is submitted before the last work's results were taken is dropped, since by then there will
    be a newer frame.
    """

    def __init__(self, worker: Worker[Result]) -> None:
        self._worker = worker
        self._changed = threading.Condition()
        self._work: tuple[Any, ...] | None = None
        self._results: Sequence[Result] | None = None
        self._busy = self._closed = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=type(worker).__name__, daemon=True)

    def submit(self, *work: Any) -> None:
        """Take work on, unless there is some already."""
        with self._changed:
            if not self._busy:
                self._busy, self._work = True, work
                self._changed.notify()

    def finished(self) -> Sequence[Result]:
        """What has been done since the last call. Raises what the worker raised."""
        with self._changed:
            if self._failure is not None:
                raise self._failure
            if self._results is None:
                return ()
            results, self._results, self._busy = self._results, None, False
            return results

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

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                self._worker.submit(*work)
                results = self._worker.finished()
            except Exception as error:  # whatever it is, the caller must hear of it
                with self._changed:
                    self._failure = error
                return
            with self._changed:
                self._results = results

    def _next(self) -> tuple[Any, ...] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._work is not None or self._closed)
            work, self._work = self._work, None
            return None if self._closed else work

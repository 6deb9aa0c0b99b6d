"""The scans of a recording, each begun while the frames before it are still on their way."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from stream.frame import Frame
from stream.pipeline.workers import ScanResult, Worker
from stream.scan import Scan

MOST = 256 * 2**20  # bytes of pictures that are read ahead: ten of 3840x2160; of larger ones fewer


class ScansAhead:
    """A detector that also begins the scan that will be due next, in a thread, within a `with` block.

    A scan depends on its frame alone: what comes out is what comes out without. One that a cut makes needless is lost.

    Args:
        detector: scans, within `submit`.
        every: frames from one scan to the next.
        most: bytes of pictures that are read ahead.
    """

    waiting: None = None  # what was submitted is done by the time of `finished`
    under_way: tuple[Scan, ...] = ()

    def __init__(self, detector: Worker[Scan, ScanResult], every: int, most: int = MOST) -> None:
        self._detector = detector
        self._every = every
        self._most = most
        self._ahead: deque[Frame] = deque()
        self._begun: dict[int, Future[list[ScanResult]]] = {}  # by the frame's index
        self._submitted: list[tuple[Future[list[ScanResult]], Scan]] = []
        self._thread = ThreadPoolExecutor(1, "ScansAhead")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def frames(self, source: Iterable[Frame]) -> Iterator[Frame]:
        """The frames of a source, which is read ahead as far as the next scan."""
        for frame in source:
            self._ahead.append(frame)
            while len(self._ahead) > min(self._every, self._most // max(1, frame.image.nbytes)):
                yield self._ahead.popleft()
        while self._ahead:
            yield self._ahead.popleft()

    def submit(self, frame: Frame, scan: Scan) -> None:
        """Find the faces of the frame that `frames` gave last."""
        begun = self._begun.pop(frame.index, None) or self._begin(frame, scan)
        for needless in self._begun.values():
            needless.cancel()
        self._begun = {}
        if len(self._ahead) >= self._every:  # else the end is near, or the pictures are too large to be read so far
            following = self._ahead[self._every - 1]
            self._begun[following.index] = self._begin(following, scan)
        self._submitted.append((begun, scan))

    def finished(self) -> list[ScanResult]:
        """What was found in the frames submitted since the last call, oldest first."""
        submitted, self._submitted = self._submitted, []
        return [replace(result, scan=scan) for future, scan in submitted for result in future.result()]

    def _begin(self, frame: Frame, scan: Scan) -> Future[list[ScanResult]]:
        return self._thread.submit(self._scan, frame, scan)

    def _scan(self, frame: Frame, scan: Scan) -> list[ScanResult]:
        self._detector.submit(frame, scan)
        return list(self._detector.finished())

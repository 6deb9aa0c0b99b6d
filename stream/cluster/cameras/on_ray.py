"""The cameras of a watch on the machines of a Ray cluster, and how they are told to be."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from types import MappingProxyType, ModuleType
from typing import Any

from db import default_url
from db.search.asked import Near
from stream.cluster.cameras.shares import Share
from stream.cluster.cameras.status import SILENT, Board, Placed, WorkerStatus, clock_trouble, summary
from stream.cluster.cameras.worker import CameraWorker
from stream.cluster.on_ray import connected, cpus_of, program, refuse_file, same_program_everywhere
from stream.cluster.shards import asking, begun, left_beside
from stream.errors import StreamError
from stream.events.event import Hearers, Tell
from stream.gallery.embedder import embedder_at
from stream.watching.feed import unknown_camera

EVERY = 1.0  # seconds from one question to a process to the next
NOW_AND_THEN = 60.0  # seconds from one summary to the next
AGAIN = 5.0  # seconds after which a process that could not begin is tried again
NONE: Mapping[str, Any] = MappingProxyType({})
GOODBYE = 30.0  # seconds in which they may end in order
ANSWER = 3.0  # seconds for an answer about a camera, beside those for which it may wait
AT_ONCE = 40  # questions to a process: more than the pages have threads


class Cluster:
    """Processes of a cluster that watch cameras, each a few of them.

    Ray starts them on machines that have room, and again elsewhere when their machine dies, for as long as this runs.

    Args:
        cpus: of the machines that there are now.
        shards: of the gallery, by their names, where processes are not to hold it; see `stream.cluster.shards.begun`.
    """

    def __init__(
        self, ray: ModuleType, shares: Sequence[Share], cpus: Sequence[float], shards: Mapping[str, Any] = NONE
    ) -> None:
        self._ray = ray
        self._shares = shares
        self._shards = shards
        self._room = without_room(shares, cpus, len(shards))
        self._board = Board([share.cameras for share in shares], time.monotonic())
        self._workers = [self._begin(share) for share in shares]
        self._asked: dict[Any, int] = {}
        self._failed: dict[int, float] = {}  # when those that could not begin are tried again
        self._ended: set[int] = set()
        self._clocks: set[str] = set()  # machines whose clocks were complained of
        self._hearers = Hearers()
        self._stopping = False

    @property
    def near(self) -> Near | None:
        """Asks the shards of the gallery, where there are any."""
        return asking(self._ray, self._shards) if self._shards else None

    def cameras(self) -> list[Placed]:
        """How they are now; from any thread."""
        return self._board.cameras(time.monotonic())

    def ask(self, question: str, camera: str, *given: object, wait: float = 0.0) -> Any:
        """What whoever watches a camera answers to a question, a method of `CameraWorker`; from any thread.

        Args:
            wait: seconds for which the answer may take its time.

        Raises:
            UnknownCameraError: there is no camera of this name.
            StreamError: nobody answers.
            Exception: what is raised there.
        """
        number = next((number for number, share in enumerate(self._shares) if camera in share.cameras), None)
        if number is None:
            raise unknown_camera(camera, (name for share in self._shares for name in share.cameras))
        if self._board.is_heard(number, time.monotonic(), SILENT):
            # Nobody needs the answer of a process that is begun anew: it is not asked again.
            asked = getattr(self._workers[number], question).options(max_task_retries=0).remote(camera, *given)
            try:
                return self._ray.get(asked, timeout=wait + ANSWER)
            except self._ray.exceptions.RayTaskError as error:  # what was raised there, without Ray's account of it
                raise error.cause from None
            except self._ray.exceptions.RayError:
                pass
        raise StreamError(f"Nothing is heard from the machine that watches {camera}: wait a moment.")

    def hearing(self, tell: Tell) -> AbstractContextManager[None]:
        """Within it, somebody is told of every event, in the thread that runs; must not block, nor raise."""
        return self._hearers.hearing(tell)

    def run(self) -> Iterator[str]:
        """Go on until all cameras have ended, or `stop`; gives what there is to tell of them, in sentences."""
        summed_up = time.monotonic()
        yield f"Cameras: {sum(len(share.cameras) for share in self._shares)}, processes: {len(self._shares)}."
        if self._room is not None:
            yield self._room
        while not (self._board.ended or self._stopping):
            began = time.monotonic()
            yield from self._ask()
            yield from self._board.news(time.monotonic())
            if began - summed_up >= NOW_AND_THEN:
                summed_up = began
                yield summary(self.cameras())
            time.sleep(max(0.0, began + EVERY - time.monotonic()))

    def stop(self) -> None:
        """Let `run` end soon; from any thread, a signal handler too."""
        self._stopping = True

    def end(self) -> None:
        """Let all processes that can be reached end in order, up to a time."""
        now = time.monotonic()
        ending = [
            worker.end.remote()
            for number, worker in enumerate(self._workers)
            if number not in self._ended and self._board.is_heard(number, now)
        ]
        if ending:
            self._ray.wait(ending, num_returns=len(ending), timeout=GOODBYE)

    def _begin(self, share: Share) -> Any:
        """Have a process started; it is told how to be started again."""
        worker = self._ray.remote(CameraWorker).options(
            num_cpus=share.cpus,
            max_restarts=-1,
            max_task_retries=-1,
            max_concurrency=AT_ONCE,
            scheduling_strategy="SPREAD",
        )
        return worker.remote(share, program(), tuple(self._shards))

    def _ask(self) -> Iterator[str]:
        """Hear from those who answer by now; who does not is asked on."""
        self._begin_failed_again()
        busy = {*self._asked.values(), *self._failed, *self._ended}
        for number in set(range(len(self._workers))) - busy:
            self._asked[self._workers[number].status.remote(self._hearers.are_there)] = number
        if not self._asked:
            return
        answered, _ = self._ray.wait([*self._asked], num_returns=len(self._asked), timeout=EVERY)
        for answer in answered:
            number = self._asked.pop(answer)
            try:
                status = self._ray.get(answer)
            except self._ray.exceptions.RayError as error:
                self._board.failed(number, _reason(error))
                self._failed[number] = time.monotonic() + AGAIN
            else:
                self._hear(number, status)
                yield from self._new_clock_trouble(status)

    def _begin_failed_again(self) -> None:
        now = time.monotonic()
        for number in [number for number, due in self._failed.items() if due <= now]:
            del self._failed[number]
            self._workers[number] = self._begin(self._shares[number])

    def _hear(self, number: int, status: WorkerStatus) -> None:
        """Take what a process has told of itself."""
        self._board.hear(number, status, time.monotonic())
        for event in status.events:
            self._hearers.tell(event)
        if status.ended:  # it is not to be started again
            self._ended.add(number)
            self._ray.kill(self._workers[number])

    def _new_clock_trouble(self, status: WorkerStatus) -> Iterator[str]:
        """What is wrong with a machine's clock, once for each."""
        trouble = clock_trouble(status, datetime.now(UTC))
        if trouble is not None and status.machine not in self._clocks:
            self._clocks.add(status.machine)
            yield trouble


@contextmanager
def cluster(address: str, shares: Sequence[Share]) -> Iterator[Cluster]:
    """The processes of a cluster that watch cameras, within a `with` block.

    Raises:
        StreamError: no cluster can be used there, one of its machines has another version of the program, the gallery
            is a file and there are several machines, or they have no room for its shards.
        DatabaseError: a shard cannot be loaded.
    """
    wished = shares[0].wished
    db = wished.db or default_url()
    with connected(address) as ray:
        nodes = refuse_file(ray, db)
        same_program_everywhere(ray, nodes)
        shards = begun(ray, db, embedder_at(db, wished.embedder).sha256, wished.shards) if wished.shards else NONE
        running = Cluster(ray, shares, cpus_of(nodes), shards)
        try:
            yield running
        finally:
            running.end()


def without_room(shares: Sequence[Share], cpus: Sequence[float], shards: int = 0) -> str | None:
    """That machines of so many CPUs, and with so many shards, are too few for all, in a sentence, where they are."""
    left = left_beside(shards, cpus)
    waiting = 0
    for share in sorted(shares, key=lambda share: share.cpus, reverse=True):
        place = next((index for index, free in enumerate(left) if free >= share.cpus), None)
        if place is None:
            waiting += len(share.cameras)
        else:
            left[place] -= share.cpus
    if not waiting:
        return None
    return (
        f"The cluster has too few CPUs for all cameras: {waiting} wait until more machines join, or lower --ray-cpus."
    )


def _reason(error: Exception) -> str:
    """Why a process could not begin: the last line of Ray's account of it, without the name of the error."""
    last = str(error).strip().splitlines()[-1]
    return last.removeprefix(f"{StreamError.__module__}.{StreamError.__qualname__}: ")

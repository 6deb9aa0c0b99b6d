"""Workers on this machine: a process for each core, with one thread."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process

from models.runtime import THREADS
from stream.cluster.archive import Results
from stream.cluster.chunk_watcher import ChunkWatcher, Watched
from stream.cluster.chunks import Chunk
from stream.cluster.job import Job
from stream.errors import StreamError

AHEAD = 2  # chunks for each worker that are given out, so that none waits for the next
TRIES = 3  # of a chunk with which workers die


class _Worker:
    """What a worker process keeps from one chunk to the next."""

    watcher: ChunkWatcher | None = None


def watch(job: Job, chunk: Chunk) -> Watched:
    """In a worker: watch a chunk, with networks that are loaded at the first."""
    if _Worker.watcher is None:
        _Worker.watcher = ChunkWatcher(job)
    return _Worker.watcher.watch(chunk)


@contextmanager
def local_workers(job: Job, count: int, do: Callable[[Job, Chunk], Watched] = watch) -> Iterator[Results]:
    """Workers in so many processes, within a `with` block; one that dies is replaced, and its chunk watched again.

    Args:
        do: what a worker does with a chunk; a function of a module, since it is named to other processes.

    Raises:
        StreamError: workers die again and again with the same chunk.
    """
    with _one_thread_each():
        pool = _Pool(partial(do, job), count)
        try:
            yield pool.results
        finally:
            pool.end()


class _Pool:
    def __init__(self, do: Callable[[Chunk], Watched], count: int) -> None:
        self._do = do
        self._count = count
        self._given = deque[tuple[Chunk, "Future[Watched]"]]()
        self._begin()

    def results(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Watched]]:
        tries = 0
        while True:
            for chunk in islice(chunks, AHEAD * self._count - len(self._given)):
                self._given.append((chunk, self._submit(chunk)))
            if not self._given:
                return
            chunk, future = self._given[0]
            try:
                watched = future.result()
            except BrokenProcessPool as error:
                tries += 1
                if tries == TRIES:
                    raise StreamError(
                        f"The processes that watched {chunk} died {tries} times: give them more memory, "
                        "or take fewer with --workers."
                    ) from error
                self._replace()
            else:
                tries = 0
                self._given.popleft()
                yield chunk, watched

    def end(self) -> None:
        """Nobody waits for what is being done."""
        for process in list(self._executor._processes.values()):  # Python 3.14 has terminate_workers for it
            process.terminate()
        self._executor.shutdown(cancel_futures=True)

    def _begin(self) -> None:
        context = get_context("spawn")  # what has threads cannot be copied
        self._executor = ProcessPoolExecutor(self._count, context, initializer=_prepare)

    def _replace(self) -> None:
        """New processes, for all that was not done by the old ones."""
        self.end()
        self._begin()
        done = {id(future) for _, future in self._given if future.done() and future.exception() is None}
        self._given = deque(
            (chunk, future if id(future) in done else self._submit(chunk)) for chunk, future in self._given
        )

    def _submit(self, chunk: Chunk) -> "Future[Watched]":
        try:
            return self._executor.submit(self._do, chunk)
        except BrokenProcessPool as error:
            broken = Future[Watched]()
            broken.set_exception(error)
            return broken


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Within it, processes that are started use one thread: more of them are swifter than more threads of each."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        yield
    finally:
        os.environ.pop(THREADS)
        if before is not None:
            os.environ[THREADS] = before


def _prepare() -> None:
    """In a worker: Ctrl-C is the business of whoever started it, who is not outlived."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

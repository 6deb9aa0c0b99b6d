"""What is kept up beside a watch, which never waits for it: the gallery and its rule, and what has become too old."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from db import Database, DatabaseError, Match, SearchIndex, Writers
from db.changes import listening, tells
from db.errors import TEMPORARY
from db.sightings import retention
from models.errors import ModelError
from stream.errors import StreamError
from stream.gallery.identity import Rule
from stream.priority import step_back

log = logging.getLogger(__name__)

SOON = 0.5  # seconds after which somebody who was enrolled is recognized, beside what loading the gallery takes
SELDOM = 5.0  # seconds likewise, where the database tells of it at once, but may not be heard
MINUTE = 60.0  # seconds


@dataclass(slots=True)
class Keep:
    """For how many days, and up to how many bytes, things are kept; see `db.sightings.retention.prune`.

    Both may be changed while a watch runs: they hold from the next time on.
    """

    days: float = retention.DAYS
    max_bytes: float = retention.MAX_BYTES


class Repeated:
    """Does a job in a thread of its own again and again, within a `with` block.

    It is done to its end when the block is left. What it cannot do now it does the next time.

    Args:
        every: seconds from the end of one time to the next.
        trouble: begins the sentence that is logged when it cannot be done.
        at_once: whether the first time is now.
    """

    def __init__(self, job: Callable[[], object], every: float, trouble: str, at_once: bool = True) -> None:
        self._job = job
        self._every = every
        self._trouble = trouble
        self._at_once = at_once
        self._told: str | None = None
        self._due = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._due.set()
        self._thread.join()

    def do_now(self) -> None:
        """Do it once more, without waiting until it is time, and without waiting for it; from any thread."""
        self._due.set()

    def _run(self) -> None:
        step_back()
        if self._at_once:
            self._do()
        while True:
            self._due.wait(min(self._every, threading.TIMEOUT_MAX))
            self._due.clear()  # whatever is told from here on is told again to the next time
            if self._stopping:
                return
            self._do()

    def _do(self) -> None:
        told = None
        try:
            self._job()
        except (DatabaseError, ModelError, StreamError) as error:  # the watch goes on
            told = str(error)
        except Exception as error:  # a mistake of ours must not end the thread without a word
            told = f"{error!r}: please report this as a bug."
        if told is not None and told != self._told:  # once, not at every try
            log.warning("%s: %s", self._trouble, told)
        self._told = told


@dataclass(frozen=True, slots=True)
class _Known:
    """A gallery, as it was loaded, and its rule."""

    generation: int
    search: Callable[[NDArray[np.float32]], list[list[Match]]]
    rule: Rule


class Followed:
    """Who is enrolled and when they get a name, as of a moment ago: whoever asks waits for nothing.

    Args:
        index: the gallery.
        rule: computes the rule for the gallery as it is.
        live: whether it is for cameras, which wait for nobody: while those who hold the gallery do not answer, nobody
            is found. Recordings are better watched later.

    Raises:
        DatabaseError: the gallery cannot be loaded.
        ModelError: there is no threshold.
    """

    def __init__(self, index: SearchIndex, rule: Callable[[], Rule], live: bool = True) -> None:
        self._index = index
        self._live = live
        self._compute = rule
        self._known = self._load(index.generation())

    def refresh(self) -> None:
        """Load what has changed, and then have it in force, gallery and rule at once."""
        generation = self._index.generation()
        if generation != self._known.generation:
            self._known = self._load(generation)

    def search(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """The people nearest to each of (Q, 512) unit vectors, best first. Raises DatabaseError: see `live`."""
        try:
            return self._known.search(queries)
        except TEMPORARY:
            if not self._live:
                raise
            return [[] for _ in queries]

    def rule(self) -> Rule:
        """The rule in force."""
        return self._known.rule

    def generation(self) -> int:
        """That of the gallery in force; see `Database.generation`."""
        return self._known.generation

    def _load(self, generation: int) -> _Known:
        return _Known(generation, self._index.as_loaded(), self._compute())


@contextmanager
def following(gallery: Followed, database: Database) -> Iterator[None]:
    """Within it, whoever is enrolled, by whatever program, is recognized soon: at once where the database tells."""
    every = SELDOM if tells(database) else SOON
    with (
        Repeated(gallery.refresh, every, "Whoever is enrolled now is not yet recognized") as refreshing,
        listening(database, refreshing.do_now),
    ):
        yield


@contextmanager
def looked_after(writers: Writers) -> Iterator[None]:
    """Within it, what others left behind on this machine is stored, from now on, and the clock goes by the server's.

    What is not stored when the block is left, waits for the next time.
    """
    enough = threading.Event()
    clock = writers.database.clock
    with (
        Repeated(partial(writers.store_left_behind, enough), MINUTE, "What others left behind waits on"),
        Repeated(clock.set, MINUTE, "The clock is not compared with the server's for now", at_once=False),
    ):
        try:
            yield
        finally:
            enough.set()

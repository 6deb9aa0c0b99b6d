"""A file on this machine in which what is seen waits while the database's server is away."""

import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Self
from uuid import uuid4

from db.bridge.text import from_text, to_text
from db.errors import explained
from db.records import untold
from db.schema.engine import keep_private
from db.sightings.reports import Method, Report, condensed
from db.unknowns.records import Place

if sys.platform != "win32":
    import fcntl

AT_ONCE = 100  # batches that are read

TABLE = "CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, text TEXT NOT NULL)"


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Reports that are stored together, by their number: one more than that of the batch before."""

    number: int
    reports: tuple[Report, ...]


class Bridge:
    """The file of one run, made when it is needed, gone when nothing waits in it any more.

    It holds reports, not rows: what becomes of them depends on what is in the database (who is enrolled by then, whose
    sighting goes on, which stranger it is), so they are written by the same rules as ever once that is there. Each
    batch is written once: with it, in the same transaction, the server keeps its number by the run's key, see
    `db.bridge.progress`.

    While a run uses its file, no other can.

    Args:
        place: says which stranger a stay is of that another run has reported.
        enough: once it is set, what waits stays there, for another time.

    Attributes:
        key: of the run.
        last: the number of the last batch that waits; 0 where none does.

    Raises:
        DatabaseError: from every method, the file cannot be read or written.
    """

    def __init__(self, file: Path, place: Place, enough: Event | None = None) -> None:
        self.file = file
        self.key = file.stem.rpartition("-")[2]
        self.last = 0
        self._enough = enough or Event()
        self._by: dict[Method, Callable[..., Any]] = {"keep": place, "note": untold}
        self._opened: sqlite3.Connection | None = None
        if file.exists():
            self._take_over()

    @classmethod
    def new(cls, address: str, place: Place, folder: Path) -> Self:
        """That of a new run with the database at this address."""
        return cls(folder / f"{_digest(address)}-{uuid4().hex}.db", place)

    def __len__(self) -> int:
        """How many reports wait."""
        if not self.last:
            return 0
        with self._using() as connection:
            return int(connection.execute("SELECT count(*) FROM report").fetchone()[0])

    def add(self, batches: Iterable[Batch]) -> None:
        """Let batches wait: all of them, or none."""
        rows = []
        for batch in batches:
            self._by.update({report.method: report.by for report in batch.reports if report.by is not None})
            rows += [(batch.number, to_text(report)) for report in condensed(batch.reports)]
        if rows:
            with self._using() as connection:
                connection.executemany("INSERT INTO report (batch, text) VALUES (?, ?)", rows)
            self.last = rows[-1][0]

    def first(self) -> list[Batch]:
        """The batches that have waited longest, some of them; none once it is enough."""
        if self._enough.is_set():
            return []
        oldest = "SELECT batch, text FROM report WHERE batch < (SELECT min(batch) FROM report) + ? ORDER BY id"
        reports: dict[int, list[Report]] = {}
        with self._using() as connection:
            for number, text in connection.execute(oldest, (AT_ONCE,)):
                report = from_text(text)
                reports.setdefault(number, []).append(replace(report, by=self._by.get(report.method)))
        return [Batch(number, tuple(each)) for number, each in reports.items()]

    def drop(self, last: int) -> None:
        """Forget the batches up to this one, which are stored."""
        with self._using() as connection:
            connection.execute("DELETE FROM report WHERE batch <= ?", (last,))
        if last >= self.last:
            self.last = 0
            self.close()

    def close(self) -> None:
        """Leave the file to others; where nothing waits in it, it goes."""
        if self._opened is None:
            return
        with _alone(self.file.parent):
            self._opened.close()
            self._opened = None
            if not self.last:
                self.file.unlink(missing_ok=True)

    def _take_over(self) -> None:
        """Use the file of a run that has ended, unless it is gone by now: it is not made anew."""
        with explained(str(self.file), elsewhere=""), _alone(self.file.parent):
            if not self.file.exists():
                return
            self._opened = _open(self.file, timeout=0.0)  # whoever uses it will do so for a while
        with self._using() as connection:
            self.last = connection.execute("SELECT coalesce(max(batch), 0) FROM report").fetchone()[0]

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """A transaction; the file is opened, and made, when it is first needed."""
        with explained(str(self.file), elsewhere=""):
            if self._opened is None:
                with _alone(self.file.parent):
                    self._opened = _open(self.file)
            with self._opened:
                yield self._opened


def left_behind(address: str, folder: Path) -> list[Path]:
    """The files of the runs that could not store all in the database at this address, also of those that go on."""
    return sorted(folder.glob(f"{_digest(address)}-*.db"))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within it nobody else begins to use a file of the folder, which is made if there is none, or lets go of one.

    So whoever finds a file that is not in use knows that its run has ended, rather than is about to begin or to end.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":  # folders cannot be opened there
        yield
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives know no locks
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _open(file: Path, timeout: float = 0.1) -> sqlite3.Connection:
    """A connection that lets nobody else use the file."""
    keep_private(file)
    connection = sqlite3.connect(file, timeout=timeout, check_same_thread=False)  # one after the other
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute(TABLE)
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]

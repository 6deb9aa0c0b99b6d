"""Times are by the clock of the database's server, whatever a machine's own says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from db import Database, DatabaseAwayError
from db.clock import SharedClock
from tests.people import at

HOUR = timedelta(hours=1)


class Server:
    """One whose clock shows 1000 s more than the seconds that pass; answers take as long as a test says.

    Attributes:
        seconds: that have passed.
        ways: seconds that the next questions and their answers are under way.
    """

    is_postgresql = True

    def __init__(self, *ways: tuple[float, float]) -> None:
        self.seconds = 0.0
        self.ways = list(ways)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        yield SimpleNamespace(scalars=lambda _: SimpleNamespace(one=self._answer))

    def _answer(self) -> datetime:
        if not self.ways:
            raise DatabaseAwayError("It is away.")
        there, back = self.ways.pop(0)
        self.seconds += there
        told = at(1000 + self.seconds)
        self.seconds += back
        return told


def clock_of(server: Server) -> SharedClock:
    return SharedClock(server, own=lambda: at(0), seconds=lambda: server.seconds)  # type: ignore[arg-type]


def test_the_answer_that_took_the_shortest_counts_and_half_of_it_is_the_way_back() -> None:
    server = Server((0.5, 2.5), (0.0, 9.0), (0.1, 0.1), (3.0, 0.1), (0.0, 0.3))
    clock = clock_of(server)
    assert clock.now() == at(1000 + server.seconds)
    server.seconds += 3600
    assert clock.now() == at(1000 + server.seconds)


def test_it_is_wrong_by_half_of_what_an_answer_took_at_most() -> None:
    server = Server(*[(0.0, 0.4)] * 5)
    clock = clock_of(server)
    assert abs(clock.now() - at(1000 + server.seconds)) == timedelta(seconds=0.2)


def test_while_the_server_is_away_it_goes_on() -> None:
    server = Server(*[(0.1, 0.1)] * 5)
    clock = clock_of(server)
    with pytest.raises(DatabaseAwayError):
        clock.set()
    server.seconds += 60
    assert clock.now() == at(1000 + server.seconds)


def test_beside_a_file_it_is_this_machines(fresh_db: Database) -> None:
    assert SharedClock(fresh_db, own=lambda: at(7)).now() == at(7)


def test_machines_whose_clocks_differ_agree(url: str) -> None:
    with Database.open(url) as database:
        wrong = [SharedClock(database, own=lambda off=off: datetime.now(UTC) + off) for off in (HOUR, -HOUR)]  # type: ignore[misc]
        times = [clock.now() for clock in wrong]
    assert abs(times[0] - times[1]) < timedelta(seconds=10)
    assert abs(times[0] - datetime.now(UTC)) < timedelta(seconds=10)

"""How long a database that takes nothing is waited for."""

import pytest

from db.errors import DatabaseAwayError, DatabaseError
from db.sightings.patience import Patience


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def patience(now) -> Patience:
    return Patience(30.0, clock=lambda: now[0])


def test_what_may_pass_is_waited_for_and_told_once_that_was_too_long(patience, now):
    away = DatabaseAwayError("It is away.")
    patience.fail(away)
    assert patience.failure is None
    now[0] += 29
    patience.fail(away)
    assert patience.failure is None
    now[0] += 1
    patience.fail(away)
    assert patience.failure is away


def test_what_does_not_pass_by_itself_is_told_at_once(patience):
    broken = DatabaseError("It is damaged.")
    patience.fail(broken)
    assert patience.failure is broken


def test_a_success_between_two_outages_begins_the_time_anew(patience, now):
    patience.fail(DatabaseAwayError("It is away."))
    now[0] += 29
    patience.begin_anew()
    patience.fail(DatabaseAwayError("It is away again."))
    now[0] += 29
    patience.fail(DatabaseAwayError("It is away again."))
    assert patience.failure is None

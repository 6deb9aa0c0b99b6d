"""What is kept of strangers does not stay."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from db import Database, prune
from db.schema.tables import LookRow
from db.unknowns.aging import age
from db.unknowns.unknowns import Unknowns
from tests.fakes import unit
from tests.strangers import keep, new_stay

NOW = datetime.now(UTC)
NEVER = NOW - timedelta(days=1)


def numbers(database: Database) -> list[int]:
    return sorted(one.id for one in Unknowns(database).everybody())


def test_they_go_so_many_days_after_they_were_written_whenever_they_were_seen(fresh_db: Database) -> None:
    keep(fresh_db, new_stay(unit(1)))  # seen long ago, in a recording that is watched only now
    assert prune(fresh_db, NOW, days=30).strangers == 0
    assert numbers(fresh_db) == [1]
    assert prune(fresh_db, NOW + timedelta(days=31), days=30).strangers == 1
    assert numbers(fresh_db) == []
    with fresh_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(LookRow)) == 0


def test_the_oldest_go_beyond_a_size_and_beyond_so_many_groups(fresh_db: Database) -> None:
    keep(fresh_db, *(new_stay(unit(*[0] * axis, 1)) for axis in range(4)))
    size = Unknowns(fresh_db).counts()[2] // 4
    with fresh_db.writing() as session:
        assert age(session, NEVER, 3.5 * size) == 1
    assert numbers(fresh_db) == [2, 3, 4]
    with fresh_db.writing() as session:
        assert age(session, NEVER, float("inf"), most=2) == 1
    assert numbers(fresh_db) == [3, 4]


def test_a_watch_takes_notice(fresh_db: Database) -> None:
    keep(fresh_db, new_stay(unit(1)))
    generation = fresh_db.generation()
    prune(fresh_db, NOW + timedelta(days=31), days=30)
    assert fresh_db.generation() > generation

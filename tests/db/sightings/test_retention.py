"""Retention: what ages out, and what never does."""

import math
from datetime import timedelta
from pathlib import Path

import pytest

from db import Database, DatabaseError, Erased, Event, NewSnapshot, SightingWriter, prune
from db.names import escaped
from db.schema.tables import utc_now
from tests.people import at, enrol, picture, untold

DAY = 86400


@pytest.fixture
def seen(fresh_db: Database, tmp_path: Path) -> Database:
    """A sighting on each of four days, the first one Ada's, each with a snapshot of 100 bytes."""
    (ada,) = enrol(fresh_db, "Ada")
    with SightingWriter(fresh_db) as writer:
        for day in range(4):
            snapshot = picture(tmp_path / f"{day}.jpg", bytes(100))
            writer.name(writer.open("door", at(day * DAY)), ada if day == 0 else None, snapshot=snapshot)
    return fresh_db


def snapshots(database: Database) -> list[str | None]:
    return [sighting.snapshot and Path(sighting.snapshot).name for sighting in database.sightings()]


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_old_sightings_go_with_their_snapshots(seen: Database, tmp_path: Path) -> None:
    assert prune(seen, at(31.5 * DAY), days=30) == Erased(0, sightings=2, snapshots=2)
    assert snapshots(seen) == ["2.jpg", "3.jpg"]
    assert files(tmp_path) == ["2.jpg", "3.jpg"]


def test_a_recording_of_long_ago_is_kept_as_long_as_what_happens_now(fresh_db: Database) -> None:
    now = utc_now()
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0), recorded=True)
        writer.note(Event(at(0), "door", "entered"), key, untold)
        writer.close(key, at(5))
    prune(fresh_db, now, days=30)
    assert (len(fresh_db.sightings()), len(fresh_db.events())) == (1, 1)
    assert [seen.first_seen for seen in fresh_db.sightings_of_run(now)] == [at(0)]
    assert fresh_db.sightings_of_run(utc_now()) == []
    prune(fresh_db, utc_now() + timedelta(days=31), days=30)
    assert (len(fresh_db.sightings()), len(fresh_db.events())) == (0, 0)


def test_people_and_samples_stay(seen: Database) -> None:
    prune(seen, at(1000 * DAY), days=0)
    assert seen.sightings() == []
    assert seen.person("Ada").samples == 1


def test_oldest_snapshots_go_beyond_the_size(seen: Database, tmp_path: Path) -> None:
    assert prune(seen, at(4 * DAY), max_bytes=250) == Erased(0, sightings=0, snapshots=2)
    assert snapshots(seen) == [None, None, "2.jpg", "3.jpg"]
    assert files(tmp_path) == ["2.jpg", "3.jpg"]


def test_nothing_goes_within_the_limits(seen: Database) -> None:
    assert prune(seen, at(4 * DAY), max_bytes=400) == Erased(0, 0, 0)
    assert len(seen.sightings()) == 4


def test_missing_snapshots_do_not_matter(seen: Database, tmp_path: Path) -> None:
    (tmp_path / "0.jpg").unlink()
    (tmp_path / "3.jpg").unlink()
    assert prune(seen, at(30.5 * DAY), days=30, max_bytes=150) == Erased(0, sightings=1, snapshots=1)
    assert snapshots(seen) == [None, "2.jpg", "3.jpg"]


def test_keeps_sightings_whose_snapshot_cannot_be_deleted(seen: Database, tmp_path: Path) -> None:
    (tmp_path / "0.jpg").unlink()
    (tmp_path / "0.jpg").mkdir()
    with pytest.raises(DatabaseError, match="cannot be deleted"):
        prune(seen, at(40 * DAY), days=30)
    assert len(seen.sightings()) == 4


@pytest.mark.parametrize("limits", [{"days": 0.0}, {"max_bytes": 0}])
def test_snapshots_in_a_folder_whose_name_is_not_utf_8_are_found(
    fresh_db: Database, tmp_path: Path, limits: dict[str, float]
) -> None:
    path = tmp_path / "caf\udce9" / "1.jpg"
    path.parent.mkdir()
    with SightingWriter(fresh_db) as writer:
        key = writer.open("door", at(0))
        for _ in range(2):
            writer.name(key, None, snapshot=NewSnapshot(escaped(str(path)), b"a face"))
    assert path.exists()
    assert prune(fresh_db, at(1 * DAY), **limits).snapshots == 1  # type: ignore[arg-type]
    assert not path.exists()


@pytest.mark.parametrize("days", [1e6, math.inf, math.nan])
@pytest.mark.parametrize("max_bytes", [1e300, math.inf, math.nan])
def test_limits_beyond_all_measure_keep_everything(seen: Database, days: float, max_bytes: float) -> None:
    assert prune(seen, at(4 * DAY), days, max_bytes) == Erased(0, 0, 0)
    assert len(seen.sightings()) == 4


def test_many_snapshots_at_once(fresh_db: Database, tmp_path: Path) -> None:
    with SightingWriter(fresh_db) as writer:
        for number in range(1200):
            writer.name(writer.open("door", at(number)), None, snapshot=picture(tmp_path / f"{number}.jpg"))
    assert prune(fresh_db, at(40 * DAY), days=30).sightings == 1200

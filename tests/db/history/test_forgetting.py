"""What the history forgets: whoever is erased, and what is old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from db import Database, DatabaseError, prune
from db.history.history import History
from db.schema.history import DecisionRow
from db.schema.tables import StayRow
from db.unknowns.unknowns import Unknowns
from tests.fakes import unit
from tests.people import at, enrol, new_sample
from tests.strangers import keep, new_stay


def test_erasing_somebody_takes_their_name_and_pictures_out_of_the_history(tmp_path: Path) -> None:
    with Database.open(tmp_path / "people.db") as database:
        database.add_samples("Adda", [new_sample(1, crop=b"the face of Ada" * 500)])
        enrol(database, "Ada", "Bob")
        keep(database, new_stay(unit(1), portrait=b"a portrait of Ada" * 500))
        Unknowns(database).name(1, "Ada", [new_sample(6)])
        database.merge("Adda", "Ada")
        database.drop(1)
        database.remove("Ada")
        assert [decision.sentence for decision in History(database).decisions()] == ["1 picture of Bob enrolled."]
        with database.reading() as session:
            assert session.scalars(select(StayRow)).all() == []
        for file in tmp_path.iterdir():
            assert not any(word in file.read_bytes() for word in (b"face of Ada", b"portrait of Ada", b"Adda"))


def test_a_merge_that_was_taken_back_goes_with_either_of_the_two(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.merge("Ada", "Bob")
    history.undo(3)
    fresh_db.remove("Ada")
    assert [decision.sentence for decision in history.decisions()] == ["1 picture of Bob enrolled."]


def test_decisions_age_out_with_what_was_dropped(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    fresh_db.drop(1)
    now = datetime.now(UTC)
    prune(fresh_db, now + timedelta(days=29))
    assert (len(history.decisions()), fresh_db.crop(1)) == (3, new_sample().crop)
    prune(fresh_db, now + timedelta(days=31))
    assert history.decisions() == []
    with pytest.raises(DatabaseError, match="no sample 1"):
        fresh_db.crop(1)
    assert fresh_db.person("Bob").samples == 1


def test_a_picture_dropped_again_waits_for_its_days_anew(fresh_db: Database, history: History) -> None:
    fresh_db.add_samples("Ada", [new_sample(1), new_sample(2)])
    fresh_db.drop(1)
    history.undo(2)
    with fresh_db.writing() as session:
        session.get_one(DecisionRow, 2).time = at(0)
    fresh_db.drop(1)
    prune(fresh_db, datetime.now(UTC))
    assert fresh_db.crop(1)

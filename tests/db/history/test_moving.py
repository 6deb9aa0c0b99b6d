"""Pictures that are somebody else's are given to whom they show."""

from dataclasses import replace

import pytest

from db import Database, DatabaseError
from db.history.history import History
from db.history.moving import move
from tests.people import DIGEST, enrol, new_sample


def test_a_picture_that_is_moved_is_used_as_a_picture_of_whom_it_shows(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob")
    bob = fresh_db.person("Bob").id
    fresh_db.add_samples("Ada", [replace(new_sample(5), like=bob)])
    fresh_db.set_aside(3)
    gallery = fresh_db.gallery(DIGEST)
    assert move(fresh_db, [3, 2], "Bob").samples == 2
    assert [(sample.id, sample.aside) for sample in fresh_db.samples("Bob")] == [(2, False), (3, False)]
    assert fresh_db.person("Ada").samples == 1 and fresh_db.people()[0].like == ()
    assert fresh_db.gallery(DIGEST, gallery).pictures.tolist() == [1, 2]
    history.undo(history.decisions(limit=1)[0].id)
    assert [(sample.id, sample.aside) for sample in fresh_db.samples("Ada")] == [(1, False), (3, True)]
    assert fresh_db.people()[0].like == ("Bob",)


def test_whoever_is_new_by_a_picture_that_is_moved_is_called_as_names_are_written(fresh_db: Database) -> None:
    enrol(fresh_db, "Ada")
    assert move(fresh_db, [1], " Cleo\u200b\n  Smith ").name == "Cleo Smith"


def test_a_picture_is_not_moved_to_where_it_is_or_cannot_be(fresh_db: Database, history: History) -> None:
    enrol(fresh_db, "Ada", "Bob", "Cleo")
    fresh_db.drop(2)
    fresh_db.set_aside("Cleo")
    for number, name, sentence in (
        (1, "ada", "Picture 1 of ada is there already"),
        (2, "Ada", "There is no picture 2"),
        (9, "Ada", "There is no picture 9"),
        (1, "Cleo", "Cleo is set aside"),
        (1, " ", "must not be empty"),
    ):
        with pytest.raises(DatabaseError, match=sentence):
            move(fresh_db, [number], name)
    assert [sample.id for sample in fresh_db.samples("Ada")] == [1]

"""Was this face here before?"""

import pytest

from db import Database
from db.evidence.finding import find_like
from db.unknowns.unknowns import Unknowns
from tests.evidence import new_look, seen
from tests.fakes import unit
from tests.people import DIGEST, at, enrol, new_sample
from tests.strangers import keep, new_stay


@pytest.fixture
def known(fresh_db: Database) -> Database:
    """Ada, and a minute later a stranger: looking like the first axis by .8, and by .6 and more."""
    (ada,) = enrol(fresh_db, "Ada")
    seen(fresh_db, ada, new_look(ada, vector=unit(0.1, 1)), new_look(ada, vector=unit(0.8, 0.6)))
    keep(fresh_db, new_stay(0.5 * unit(0.6, 0.8)), new_stay(unit(0, 0, 1)), first=60.0)
    return fresh_db


def test_the_most_similar_come_first_whoever_they_are(known: Database) -> None:
    found = find_like(known, DIGEST, unit(1))
    assert [(round(one.similarity, 3), one.person, one.unknown) for one in found] == [
        (0.8, "Ada", None),
        (0.6, None, 1),
        (0.0, None, 2),
    ]
    assert (found[0].camera, found[0].first_seen, found[0].sighting) == ("door", at(0), 1)
    assert (found[1].first_seen, found[1].stay) == (at(60), 1)
    assert len(find_like(known, DIGEST, unit(1), most=1)) == 1


def test_only_that_time_is_searched(known: Database) -> None:
    assert [one.person for one in find_like(known, DIGEST, unit(1), until=at(30))] == ["Ada"]
    assert [one.unknown for one in find_like(known, DIGEST, unit(1), since=at(30))] == [1, 2]


def test_who_is_ignored_or_was_seen_by_another_embedder_is_not_found(known: Database) -> None:
    Unknowns(known).ignore(1)
    assert [one.unknown for one in find_like(known, DIGEST, unit(1))] == [None, 2]
    assert find_like(known, "b" * 64, unit(1)) == []


def test_a_stranger_who_was_given_a_name_since_is_found_by_it(known: Database) -> None:
    Unknowns(known).name(1, "Grace", [new_sample(1)])
    found = find_like(known, DIGEST, unit(1))
    assert [(one.person, one.unknown, one.stay) for one in found] == [
        ("Ada", None, None),
        ("Grace", None, None),
        (None, 2, 2),
    ]
    assert found[1].sighting is not None

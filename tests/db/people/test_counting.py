"""How large a gallery is."""

from db import Database
from db.people.counting import picture_counts, totals
from tests.people import new_sample


def test_people_are_counted_by_their_pictures_that_are_searched_for(fresh_db: Database) -> None:
    assert picture_counts(fresh_db) == {}
    for name, count in (("Ada", 3), ("Bob", 1), ("Cid", 1), ("Dan", 2), ("Eve", 1)):
        fresh_db.add_samples(name, [new_sample(ord(name[0]) + each) for each in range(count)])
    fresh_db.set_aside("Cid")
    fresh_db.set_aside(fresh_db.samples("Ada")[0].id)
    fresh_db.drop(fresh_db.samples("Eve")[0].id)
    counts = picture_counts(fresh_db)
    assert counts == {1: 1, 2: 2}
    assert totals(counts) == (3, 5)

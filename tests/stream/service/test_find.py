"""Pictures of those who were seen before."""

from types import SimpleNamespace

import pytest

from db.evidence.finding import find_like
from db.unknowns.unknowns import Unknowns
from stream.service.find import Before, write_found
from tests.fakes import unit
from tests.people import DIGEST, new_sample
from tests.strangers import keep, new_stay


@pytest.mark.parametrize("aged", [False, True], ids=["its sighting is there", "its sighting has gone"])
def test_a_stranger_who_was_named_since_has_no_picture_of_a_stranger(fresh_db, tmp_path, aged):
    keep(fresh_db, new_stay(unit(1)))
    Unknowns(fresh_db).name(1, "Grace", [new_sample()])
    if aged:
        with fresh_db.writing() as session:
            session.connection().exec_driver_sql("DELETE FROM sighting")
    recognizer = SimpleNamespace(database=fresh_db, analyzer=SimpleNamespace(embedder=SimpleNamespace(digest=DIGEST)))
    found = find_like(fresh_db, DIGEST, unit(1))
    assert [one.person for one in found] == ["Grace"]
    assert not write_found(recognizer, Before(found, 0.5), tmp_path / "found.jpg")

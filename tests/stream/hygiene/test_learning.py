"""Offered looks become pictures of their person, by the gate of any picture."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from db import DatabaseError
from db.history.suggestions import Suggestions
from stream.evidence.accounts import Accounts
from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.enroll import Enroller
from stream.gallery.identity import GradedLook, Identity, TrackEvidence
from stream.gallery.weighed import WeighedLook
from stream.hygiene.learning import accept
from tests.db.history.offered import look, seen
from tests.fakes import RULE, make_face, matches, unit
from tests.people import DIGEST, at, grey_crop, new_sample

SEEN = {50: unit(1, 0.2), 150: unit(0, 0, 0, 0, 1)}  # by the grey of the picture


class Embedder:
    digest = DIGEST

    def embed(self, crops, flip):
        assert flip
        return [SEEN[round(float(crop.mean()) / 10) * 10] for crop in crops]


def test_those_that_the_gate_refuses_stay_offered(fresh_db):
    enroller = Enroller(fresh_db, SimpleNamespace(embedder=Embedder()), lambda: Thresholds(0.5, 0.8, 0.25))
    ada = fresh_db.add_samples("Ada", [replace(new_sample(), embedding=unit(1))]).id
    seen(fresh_db, ada, look(ada, unit(1, 1), offered=grey_crop(50)), look(ada, unit(1, 0, 1), offered=grey_crop(150)))
    assert sorted(verdict.refused is None for verdict in accept(enroller, [1, 2])) == [False, True]
    assert [sample.source for sample in fresh_db.samples("Ada")] == ["0.jpg", "suggestion 1"]
    assert [one.id for one in Suggestions(fresh_db).waiting()] == [2]
    for numbers in ([1, 2], [], [9]):
        with pytest.raises(DatabaseError):
            accept(enroller, numbers)


@pytest.mark.parametrize(
    ("quality", "ada", "bob", "offers", "offered"),
    [(0.8, 0.7, 0.1, True, True), (0.4, 0.7, 0.1, True, False), (0.8, 0.55, 0.1, True, False),
     (0.8, 0.7, 0.65, True, False), (0.8, 0.7, 0.1, False, False)],
)  # fmt: skip
def test_only_good_and_certain_looks_are_offered_and_only_when_asked_for(quality, ada, bob, offers, offered):
    accounts, found = Accounts(DIGEST, offers=offers), matches(ada, bob)
    identity = Identity("named", found[0].person, ada)
    evidence = TrackEvidence(
        (GradedLook(quality, unit(1)),), identity=identity, nearest=tuple(found), of_look=tuple(found), agreed=2
    )
    accounts.note(WeighedLook(1, 0.0, make_face(unit(1), quality=quality), evidence, RULE))
    (one,) = accounts.named(1, at)
    assert (one.offered is not None, one.crop) == (offered, None)

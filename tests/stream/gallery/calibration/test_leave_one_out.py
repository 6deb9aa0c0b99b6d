"""A gallery searched with its own pictures; on a server that has an index, without loading all of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from db import Database
from db.people import gallery as loading
from db.search import on_server
from models.manifest import ModelEntry, ModelInput
from stream.gallery.calibration.calibrate import calibrate_database
from stream.gallery.calibration.leave_one_out import Searched, leave_one_out
from tests.people import DIGEST, new_sample
from tests.postgresql import running_or_skipped
from tests.stream.gallery.calibration.galleries import gallery, looks

ENTRY = ModelEntry("own", "embedding", Path("own.onnx"), DIGEST, ModelInput(112, 112, "rgb", (0,) * 3, (1,) * 3))
PEOPLE, DRAWN = 30, 12


def test_the_rivals_of_some_are_sought_among_all():
    everybody = gallery(people=100, pictures=1)
    some = everybody.of(np.arange(5, 100, 10))
    alone = Searched.all_of(some)
    found = leave_one_out(replace(alone, near=lambda _: everybody))
    similar = everybody.cosines(some.embeddings)
    similar[np.arange(10), np.arange(5, 100, 10)] = -1  # themselves
    np.testing.assert_allclose(found.rival, similar.max(axis=1), rtol=1e-6)
    assert (found.rival > leave_one_out(alone).rival).any()


def test_who_is_not_in_the_index_yet_has_no_rival_there():
    some, nobody = gallery(people=10), gallery(people=1).of(np.arange(0))
    alone = Searched.all_of(some)
    found = leave_one_out(replace(alone, near=lambda _: nobody))
    np.testing.assert_array_equal(found.rival, leave_one_out(alone).rival)


@pytest.fixture
def database() -> Iterator[Database]:
    with running_or_skipped(vectors=True) as server, Database.open(server.new_database()) as opened:
        for number, vectors in enumerate(looks(np.random.default_rng(3), PEOPLE, 2)):
            opened.add_samples(f"Person {number}", [replace(new_sample(0), embedding=vector) for vector in vectors])
        yield opened


@pytest.mark.cluster
def test_beside_an_index_only_those_are_loaded_who_are_drawn_or_near(database, monkeypatch):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    whole = calibrate_database(database, ENTRY, 0.05, now).calibration
    on_server.create(database)
    monkeypatch.setattr("stream.gallery.calibration.leave_one_out.MOST_PEOPLE", DRAWN)
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("all are loaded"))
    drawn = calibrate_database(database, ENTRY, 0.05, now).calibration
    assert (drawn.people, drawn.pictures) == (whole.people, whole.pictures) == (PEOPLE, 2 * PEOPLE)
    assert (drawn.repeated, drawn.strangers) == (DRAWN, DRAWN)
    searched = Searched.of_database(database, DIGEST)
    assert len(searched.gallery.people) == DRAWN
    assert (leave_one_out(searched).rival > leave_one_out(replace(searched, near=None)).rival).any()

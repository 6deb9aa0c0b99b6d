"""What the tests of sightings share."""

import pytest

from db import SightingWriter
from tests.people import new_sample
from tests.stream.sightings.scenes import frame, log_of


@pytest.fixture
def ada(fresh_db):
    return fresh_db.add_samples("Ada", [new_sample()])


@pytest.fixture
def record(fresh_db):
    """Records (t, [(track, identity)]) and gives the sightings."""

    def run(*moments, **options):
        with SightingWriter(fresh_db) as writer:
            log = log_of(writer, **options)
            for t, people in moments:
                log.record(frame(t), [who for who, _ in people], [identity for _, identity in people])
            log.end()
        return fresh_db.sightings()

    return run

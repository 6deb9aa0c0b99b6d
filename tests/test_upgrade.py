"""What version 0.1.0 has written is read, and goes on."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import Database, SightingWriter
from stream.settings.settings import Settings
from tests.people import DIGEST, embedding, new_sample

OLD = Path(__file__).parent / "media/0.1.0"


@pytest.fixture
def db(tmp_path) -> Path:
    return Path(shutil.copy(OLD / "people.db", tmp_path))


def test_its_people_pictures_and_sightings_are_there(db):
    with Database.open(db) as database:
        assert [(person.name, person.samples) for person in database.people()] == [("Ada", 2), ("Bob", 1)]
        assert [sample.source for sample in database.samples("Ada")] == ["1.jpg", "2.jpg"]
        seen = {(one.person, one.camera, one.first_seen, one.similarity) for one in database.sightings()}
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert seen == {("Ada", "door", noon, 0.7), (None, "garden", noon, None)}


def test_its_gallery_is_searched_and_takes_more(db):
    with Database.open(db) as database:
        embeddings = database.gallery(DIGEST).embeddings
        assert (embeddings @ embedding(3)).max() == pytest.approx(1, abs=1e-5)
        assert database.add_samples("Bob", [new_sample(4)]).samples == 2
        with SightingWriter(database) as writer:
            writer.close(writer.open("door", datetime(2026, 11, 2, tzinfo=UTC)), datetime(2026, 11, 2, 1, tzinfo=UTC))
        assert len(database.sightings()) == 3
        assert database.remove("Ada").samples == 2


def test_its_settings_file_says_the_same():
    settings = Settings.read(OLD / "settings.toml")
    (door,) = settings.camera
    assert (door.called, door.source) == ("door", "rtsp://user:password@door/stream")
    assert (len(door.zones), len(door.masks), door.detect_every, door.out) == (1, 1, 3, Path("seen.mp4"))
    assert (settings.metrics, settings.keep_days, settings.webhook) == (9100, 30, "https://example.org/doorman")

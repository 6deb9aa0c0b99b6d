"""What the tests of sightings share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import Database


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "people.db", timeout=0.01) as database:
        yield database

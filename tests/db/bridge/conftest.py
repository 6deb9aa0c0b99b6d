"""What the tests of outages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.db.bridge.served import Served


@pytest.fixture
def served() -> Iterator[Served]:
    with Served.open() as database:
        yield database


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """The folder in which it waits."""
    return tmp_path / "outages"

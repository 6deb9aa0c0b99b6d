"""What the tests of databases share: one on a server, and a folder for which permissions count."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import Database
from tests.postgresql import Server, running_or_skipped


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_or_skipped() as started:
        yield started


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database.open(url) as opened:
        yield opened


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody's for whom permissions count, as they do not for root."""
    with tempfile.TemporaryDirectory() as name:
        root = os.geteuid() == 0
        if root:
            os.chown(name, 65534, -1)
            os.seteuid(65534)
        yield Path(name)
        if root:
            os.seteuid(0)
        Path(name).chmod(0o700)

"""What the tests of databases on a server share."""

from collections.abc import Iterator

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

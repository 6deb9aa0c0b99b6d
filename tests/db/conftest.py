"""What the tests of databases on a server share."""

import os
from collections.abc import Iterator

import pytest

from tests.postgresql import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with running() as started:
            yield started
    except LookupError as reason:
        if "DOORMAN_TEST_ALL" in os.environ:
            raise
        pytest.skip(str(reason))


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database()

"""What the tests of cameras share."""

import pytest

from tests.cameras import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()

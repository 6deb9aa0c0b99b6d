"""What the tests of events that are sent share."""

import pytest

from stream.events import sending
from tests.waiting import LONG


@pytest.fixture
def impatient(monkeypatch):
    """What could not be sent is tried again at once, and the end waits until all is sent that is taken."""
    monkeypatch.setattr(sending, "wait_before", lambda attempt, chance: 0.02)
    monkeypatch.setattr(sending, "GOODBYE", LONG)

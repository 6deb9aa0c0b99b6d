"""How often something happens."""

import pytest

from stream.monitoring.rate import WINDOW, Rate


def test_a_rate_counts_the_last_seconds_only():
    rate = Rate()
    for moment in range(100):
        rate.note(moment / 4)
    assert rate.at(99 / 4) == pytest.approx(4.0)
    assert rate.at(99 / 4 + WINDOW / 2) == pytest.approx(2.0)
    assert rate.at(99 / 4 + WINDOW) == 0.0

"""What would have come out by another threshold."""

from dataclasses import replace

from stream.evidence.replay import replay
from tests.fakes import RULE, found_by, unit

LOOKS = [(7, 0.8, unit(0.6, 0, 0.8))] * 3


def states(threshold: float) -> list[tuple[str, str | None]]:
    return [(step.state, step.name) for step in replay(LOOKS, found_by, replace(RULE, threshold=threshold))]


def test_a_lower_threshold_names_and_a_higher_one_does_not():
    assert states(0.5) == [("probable", "Ada"), ("named", "Ada"), ("named", "Ada")]
    assert states(0.7) == [("unknown", None)] * 3


def test_each_track_is_weighed_by_itself():
    steps = replay([(7, 0.8, unit(1)), (8, 0.8, unit(1)), (7, 0.8, unit(1))], found_by, RULE)
    assert [step.state for step in steps] == ["probable", "probable", "named"]

"""The learning rate over a run: the same two shapes for all three networks."""

import math


def learning_rate(step: int, steps: int, warmup: int, decay_from: int | None = None) -> float:
    """Share of the peak rate: a straight rise over `warmup` steps, then half a cosine down to 0.

    Args:
        decay_from: stay at the peak until this step, then fall to 0 in a straight line. Until the fall begins the rate
            depends on neither end, so that a run can be prolonged without a jump.
    """
    if step < warmup:
        return (step + 1) / warmup
    if decay_from is not None:
        return min(1.0, max(0.0, (steps - step) / max(1, steps - decay_from)))
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))

"""The learning rate over a run, the same for all three networks."""

import math


def learning_rate(step: int, steps: int, warmup: int) -> float:
    """Share of the peak rate: a straight rise over `warmup` steps, then half a cosine down to 0."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))

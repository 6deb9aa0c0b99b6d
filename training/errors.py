"""What can go wrong in training and evaluation."""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import ModelError


class TrainingError(Exception):
    """Data, a checkpoint or a setting cannot be used; the message names the cause and the remedy."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """End a command whose data or settings cannot be used with the sentence that says so, instead of a traceback."""
    try:
        yield
    except (TrainingError, ModelError) as error:
        sys.exit(str(error))


def require_finite(loss: float, step: int) -> None:
    """Raise TrainingError where a loss is not a number any more: what a run writes from then on is of no use."""
    if not math.isfinite(loss):
        raise TrainingError(f"The loss is not a number at step {step}: begin again with a smaller learning rate.")

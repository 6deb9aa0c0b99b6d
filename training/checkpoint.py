"""Checkpoints: everything a run needs to go on, in one file that is either whole or not there."""

from pathlib import Path
from typing import Any

import torch

from models.files import whole
from training.errors import TrainingError


def save(path: Path, **state: Any) -> None:
    """Write `state` (tensors, state dicts, plain values) so that an interruption leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        torch.save(state, part)


def load(path: Path) -> dict[str, Any]:
    """What `save` wrote, on the CPU.

    Raises:
        TrainingError: there is no such file, or it is not a checkpoint.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise TrainingError(f"There is no checkpoint {path}: start the run without it.") from None
    except Exception as error:  # torch raises errors of many kinds for a damaged file
        raise TrainingError(f"{path} is not a checkpoint that can be read ({error}).") from error
    if not isinstance(state, dict):
        raise TrainingError(f"{path} holds a {type(state).__name__}, not a checkpoint.")
    return state

"""Checkpoints: everything a run needs to go on, in one file that is either whole or not there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from models.files import whole
from training.errors import TrainingError


class Stateful(Protocol):
    """What a checkpoint holds the state of: a network, a loss, an optimizer."""

    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


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


def keep(path: Path, parts: Mapping[str, Stateful], step: int, **more: Any) -> None:
    """Write the state of each part after so many steps, and what else is to be known of the run.

    Raises:
        TrainingError: a weight is not a number any more; what was written before stays.
    """
    states = {name: part.state_dict() for name, part in parts.items()}
    weights = (value for state in states.values() for value in state.values() if isinstance(value, Tensor))
    if not all(value.isfinite().all() for value in weights):
        raise TrainingError(
            f"A weight is not a number at step {step} of {path}: begin again with a smaller learning rate."
        )
    save(path, step=step, **states, **more)


def resume(path: Path, parts: Mapping[str, Stateful], people: Tensor | None = None) -> int:
    """Put each part into the state that `keep` wrote; gives the steps that were done, 0 where there is no file yet.

    Args:
        people: (P,) their numbers, where the parts are made for these people alone.

    Raises:
        TrainingError: as `load`; or the file is of a run with other parts, or other people.
    """
    if not path.is_file():
        return 0
    state = load(path)
    if people is not None and not torch.equal(state.get("people", people), people):
        raise TrainingError(f"{path} is of another run, which has other people: choose another --out, or its data.")
    try:
        for name, part in parts.items():
            part.load_state_dict(state[name])
    except (KeyError, RuntimeError, ValueError) as error:
        told = str(error).partition("\n")[0]
        raise TrainingError(f"{path} is of another run ({told}): choose another --out, or its options.") from error
    return int(state["step"])

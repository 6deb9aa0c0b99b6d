"""The number format of a training step's forward pass, the same choice for all three networks."""

import torch


def half_precision(device: str, wanted: bool | None) -> torch.autocast:
    """A context in which convolutions run in bfloat16 where that is wanted.

    Left open (None) it is used on CUDA only: a CPU gains by it with instructions of its own (avx512_bf16, amx_bf16),
    and then only in dense convolutions: ResNet-18 and YOLOv5 do, rexnet_200's depthwise ones get slower.
    """
    return torch.autocast(device, torch.bfloat16, enabled=device == "cuda" if wanted is None else wanted)

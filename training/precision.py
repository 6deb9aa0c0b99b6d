"""The number format of a training step's forward pass, the same choice for all three networks."""

import torch
from torch import Tensor, nn


def half_precision(device: str, wanted: bool | None) -> torch.autocast:
    """A context in which convolutions run in bfloat16 where that is wanted.

    Left open (None) it is used on CUDA only: a CPU gains by it with instructions of its own (avx512_bf16, amx_bf16),
    and then only in dense convolutions (see `keep_grouped_single`).
    """
    return torch.autocast(device, torch.bfloat16, enabled=device == "cuda" if wanted is None else wanted)


class SingleConv2d(nn.Conv2d):
    """A convolution in single precision wherever it runs."""

    def forward(self, input: Tensor) -> Tensor:
        with torch.autocast(input.device.type, enabled=False):
            return super().forward(input.float())


def keep_grouped_single(network: nn.Module, device: str) -> None:
    """Keep the grouped convolutions out of half precision on a CPU; the names of their weights stay.

    It is slower in them with bfloat16 than without, the depthwise ones of rexnet_200 above all.
    """
    if device != "cpu":
        return
    grouped = [(name, c) for name, c in network.named_modules() if type(c) is nn.Conv2d and c.groups > 1]
    for name, conv in grouped:
        single = SingleConv2d(
            conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, conv.dilation,
            conv.groups, conv.bias is not None, conv.padding_mode,
        )  # fmt: skip
        single.load_state_dict(conv.state_dict())
        network.set_submodule(name, single)

"""Grow YOLOv5s into the start of a YOLOv5m that computes nearly the same features.

    python -m training.grow yolov5s.pt yolov5m_grown.safetensors

For those who have the small network's COCO weights but not the medium one's. The method is Net2Net (Chen et al.,
arXiv 1511.05641). Width: channels c become c + c / 2 by copying the first half again; weights that read a channel with
copies are divided among them. Depth: an added residual bottleneck starts as x + 0, an added plain one as nearly the
identity. A little noise on the copies lets them part ways. What results is backbone and neck (`model.0` to
`model.23`); the head, `model.24`, is not in it.

The result inherits the licence of the weights it is made of (YOLOv5's: AGPL-3.0, and GPL-3.0 at v6.0).
"""

import _codecs
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from numpy._core import multiarray
from safetensors.torch import save_file
from torch import Tensor, nn

from training.errors import TrainingError, plain_errors

StateDict = dict[str, Tensor]

REPEATS_S = {2: 1, 4: 2, 6: 3, 8: 1, 13: 1, 17: 1, 20: 1, 23: 1}  # bottlenecks in each C3 block of YOLOv5s
REPEATS_M = {2: 2, 4: 4, 6: 6, 8: 2, 13: 2, 17: 2, 20: 2, 23: 2}  # ... and of YOLOv5m
NECK = (13, 17, 20, 23)  # C3 blocks whose bottlenecks have no shortcut
PLAIN = {1: 0, 3: 2, 5: 4, 7: 6, 10: 9, 14: 13, 18: 17, 21: 20}  # convolutions between the blocks, and what they read
JOINED = {13: (10, 6), 17: (14, 4), 20: (18, 14), 23: (21, 10)}  # what the blocks of the neck read
# silu(GAIN * (z + SHIFT)) / GAIN is close to z + SHIFT for z > -SHIFT, and the outputs of silu are above -0.28.
GAIN, SHIFT = 32.0, 0.3
EPSILON = 1e-3  # of YOLOv5's batch norms
YOLOV5_CLASSES = [f"models.common.{name}" for name in ("Conv", "C3", "Bottleneck", "SPPF", "Concat")]
YOLOV5_CLASSES += [f"models.yolo.{name}" for name in ("Model", "DetectionModel", "Detect")]


def grow(small: StateDict, noise: float = 0.01) -> StateDict:
    """The state dict of a YOLOv5s (v6, names `model.<layer>...`) -> backbone and neck of a YOLOv5m.

    Args:
        noise: standard deviation of the noise, relative to that of each weight.

    Raises:
        TrainingError: it is not the state dict of a YOLOv5s.
    """
    try:
        return _Growth(small, noise).run()
    except (KeyError, IndexError, RuntimeError) as error:
        raise TrainingError(f"These weights are not those of a YOLOv5s v6 ({error}): take yolov5s.pt.") from error


def widened(*channels: int) -> Tensor:
    """The old index of each new channel of joined maps of these widths: all of a map, then its first half again."""
    parts, offset = [], 0
    for count in channels:
        parts.append(torch.cat((torch.arange(count), torch.arange(count // 2))) + offset)
        offset += count
    return torch.cat(parts)


class _Growth:
    def __init__(self, small: StateDict, noise: float) -> None:
        self.small, self.noise = small, noise
        self.grown: StateDict = {}

    def run(self) -> StateDict:
        self.put("model.0", "model.0", torch.arange(3), widened(self.width(0)))
        for layer, source in PLAIN.items():
            self.put(f"model.{layer}", f"model.{layer}", widened(self.width(source)), widened(self.width(layer)))
        for layer in (2, 4, 6, 8):
            self.block(layer, widened(self.width(layer - 1)))
        hidden = self.channels("model.9.cv1")
        self.put("model.9.cv1", "model.9.cv1", widened(self.width(8)), widened(hidden))
        self.put("model.9.cv2", "model.9.cv2", widened(*[hidden] * 4), widened(self.width(9)))
        for layer, sources in JOINED.items():
            self.block(layer, widened(*map(self.width, sources)))
        return {name: value.contiguous() for name, value in self.grown.items()}

    def channels(self, name: str) -> int:
        """Width of a convolution of the small network."""
        return self.small[f"{name}.conv.weight"].shape[0]

    def width(self, layer: int) -> int:
        """Width of what a layer of the small network puts out."""
        last = {9: ".cv2"} | dict.fromkeys(REPEATS_S, ".cv3")
        return self.channels(f"model.{layer}{last.get(layer, '')}")

    def put(self, new: str, old: str, inputs: Tensor, outputs: Tensor) -> None:
        """Widen a convolution and its batch norm."""
        copies = torch.bincount(inputs).float()[inputs].view(1, -1, 1, 1)
        weight = self.small[f"{old}.conv.weight"][outputs][:, inputs] / copies
        self.grown[f"{new}.conv.weight"] = weight + self.noise * weight.std() * torch.randn_like(weight)
        for leaf in ("weight", "bias", "running_mean", "running_var"):
            self.grown[f"{new}.bn.{leaf}"] = self.small[f"{old}.bn.{leaf}"][outputs].clone()
        self.grown[f"{new}.bn.num_batches_tracked"] = torch.tensor(0)

    def block(self, layer: int, inputs: Tensor) -> None:
        """Widen and deepen a C3 block."""
        name = f"model.{layer}"
        half, full = self.channels(f"{name}.cv1"), self.channels(f"{name}.cv3")
        inner = widened(half)
        self.put(f"{name}.cv1", f"{name}.cv1", inputs, inner)
        self.put(f"{name}.cv2", f"{name}.cv2", inputs, inner)
        self.put(f"{name}.cv3", f"{name}.cv3", widened(half, half), widened(full))
        last = REPEATS_S[layer] - 1
        for index in range(REPEATS_M[layer]):
            if index <= last or layer not in NECK:
                for part in ("cv1", "cv2"):
                    self.put(f"{name}.m.{index}.{part}", f"{name}.m.{min(index, last)}.{part}", inner, inner)
            if index > last and layer in NECK:
                self.nearly_identity(name, index, len(inner))
            elif index > last:  # x + 0
                self.grown[f"{name}.m.{index}.cv2.bn.weight"].zero_()
                self.grown[f"{name}.m.{index}.cv2.bn.bias"].zero_()

    def nearly_identity(self, name: str, index: int, channels: int) -> None:
        """A plain bottleneck that turns z into GAIN * (z + SHIFT), which the block's last convolution takes back."""
        self.identity(f"{name}.m.{index}.cv1", channels, 1, GAIN, GAIN * SHIFT)
        self.identity(f"{name}.m.{index}.cv2", channels, 3, 1.0, 0.0)
        weight = self.grown[f"{name}.cv3.conv.weight"]
        self.grown[f"{name}.cv3.bn.running_mean"] += weight[:, :channels, 0, 0].sum(1) * SHIFT
        weight[:, :channels] /= GAIN

    def identity(self, name: str, channels: int, size: int, gain: float, shift: float) -> None:
        weight = torch.zeros(channels, channels, size, size)
        weight[:, :, size // 2, size // 2] = torch.eye(channels)
        self.grown[f"{name}.conv.weight"] = weight
        self.grown[f"{name}.bn.weight"] = torch.full((channels,), gain * (1 + EPSILON) ** 0.5)
        self.grown[f"{name}.bn.bias"] = torch.full((channels,), shift)
        self.grown[f"{name}.bn.running_mean"] = torch.zeros(channels)
        self.grown[f"{name}.bn.running_var"] = torch.ones(channels)
        self.grown[f"{name}.bn.num_batches_tracked"] = torch.tensor(0)


def read_checkpoint(path: Path) -> StateDict:
    """The state dict of a YOLOv5 v6 checkpoint, a pickled module, read without running any of its code.

    Raises:
        TrainingError: there is no such file, or it is something else.
    """
    known: list[Any] = [
        *(nn.BatchNorm2d, nn.Conv2d, nn.MaxPool2d, nn.ModuleList, nn.Sequential, nn.SiLU, nn.Upsample),
        *(set, np.ndarray, np.dtype, type(np.dtype("f8")), type(np.dtype("f4")), type(np.dtype("i8"))),
        (multiarray._reconstruct, "numpy.core.multiarray._reconstruct"),
        _codecs.encode,
    ]
    known += [(type("StandIn", (nn.Module,), {}), name) for name in YOLOV5_CLASSES]
    try:
        with torch.serialization.safe_globals(known):
            return torch.load(path, map_location="cpu", weights_only=True)["model"].float().state_dict()
    except Exception as error:  # torch raises errors of many kinds for another file
        raise TrainingError(f"{path} is not a YOLOv5 v6 checkpoint that can be read: {error}.") from error


def main(
    small: Annotated[Path, typer.Argument(help="YOLOv5s v6 checkpoint")],
    grown: Annotated[Path, typer.Argument(help="where the weights for --init go (.safetensors)")],
    seed: int = 0,
) -> None:
    """Make the start of a YOLOv5m from a YOLOv5s."""
    torch.manual_seed(seed)
    state = grow(read_checkpoint(small))
    save_file(state, grown)
    typer.echo(f"{grown}: {len(state)} tensors, {sum(value.numel() for value in state.values()) / 1e6:.1f} M numbers")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)

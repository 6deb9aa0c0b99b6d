"""The embedder's network: a timm backbone and the neck that makes 512 numbers of its last map."""

from pathlib import Path
from typing import Self

import timm
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.manifest import ModelInput
from training import checkpoint
from training.errors import TrainingError
from training.export.onnx import load_onnx_weights

DIMENSIONS = 512
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)  # ImageNet's, for backbones that come from there


class FaceNetwork(nn.Module):
    """Aligned faces (N, 3, size, size) -> unit vectors (N, 512).

    Args:
        arch: a timm architecture.
        size: side of the input in pixels.
        flat: keep the places of the last map in the vector (as ArcFace's networks do) instead of averaging over them.
            The network then takes inputs of this size only.
    """

    def __init__(self, arch: str, size: int, flat: bool = False, pretrained: bool = False) -> None:
        super().__init__()
        self.arch, self.size, self.flat = arch, size, flat
        self.backbone = timm.create_model(arch, pretrained=pretrained, num_classes=0, global_pool="")
        with torch.inference_mode():
            _, channels, rows, columns = self.backbone.eval()(torch.zeros(1, 3, size, size)).shape
        self.neck = nn.Sequential(
            nn.Identity() if flat else nn.AdaptiveAvgPool2d(1),
            nn.BatchNorm2d(channels),
            nn.Flatten(),
            nn.Linear(channels * (rows * columns if flat else 1), DIMENSIONS, bias=False),
            nn.BatchNorm1d(DIMENSIONS, affine=False),  # evens out the dimensions before they are put on the sphere
        )
        self.frozen: list[nn.Module] = []
        self.train()

    def forward(self, images: Tensor) -> Tensor:
        return F.normalize(self.neck(self.backbone(images)))

    def freeze(self, stages: int) -> None:
        """Keep the first `stages` modules of the backbone as they are: their weights and their norms' statistics.

        What they see does not change from faces to faces, and a step without their gradients is much cheaper.
        """
        self.frozen = list(self.backbone.children())[:stages]
        for module in self.frozen:
            module.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Training mode, or evaluation mode, in which frozen modules always are."""
        super().train(mode)
        for module in self.frozen:
            module.eval()
        return self

    @property
    def shape(self) -> dict[str, str | int | bool]:
        """The arguments that make this network again; they go into checkpoints."""
        return {"arch": self.arch, "size": self.size, "flat": self.flat}

    @property
    def input(self) -> ModelInput:
        """What its pictures must look like."""
        return ModelInput(self.size, self.size, "rgb", MEAN, STD)


def load_network(path: Path) -> FaceNetwork:
    """The network of a checkpoint of training.embedder, with its averaged weights."""
    state = checkpoint.load(path)
    if "network" not in state or "average" not in state:
        raise TrainingError(f"{path} is not a checkpoint of training.embedder.")
    network = FaceNetwork(**state["network"])
    network.load_state_dict(state["average"])
    return network


def initialise(network: FaceNetwork, source: Path) -> None:
    """Begin from other weights: an ONNX file of this network, a checkpoint, or a backbone's own state dict.

    Weights that do not fit (another neck, a classifier) are left as they are; the backbone's have to fit.
    """
    if source.suffix == ".onnx":
        load_onnx_weights(network, source)
        return
    state = checkpoint.load(source)
    if "average" in state:
        own = network.state_dict()
        network.load_state_dict({**own, **{k: v for k, v in state["average"].items() if own[k].shape == v.shape}})
        return
    missing = network.backbone.load_state_dict(state, strict=False).missing_keys
    if missing:
        raise TrainingError(f"{source} does not hold the weights of {network.arch}: it lacks {missing[0]}.")

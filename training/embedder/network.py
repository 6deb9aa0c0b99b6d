"""The embedder's network: a timm backbone and the neck that makes 512 numbers of its last map."""

import math
from pathlib import Path
from typing import Self

import timm
import torch
import torch.nn.functional as F
from timm.models import group_modules
from torch import Tensor, nn

from models.embedder import DIMENSIONS
from models.manifest import ModelInput
from training import checkpoint
from training.errors import TrainingError
from training.export.onnx import fill, onnx_weights

MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)  # ImageNet's, for backbones that come from there


class FaceNetwork(nn.Module):
    """Aligned faces (N, 3, size, size) -> unit vectors (N, 512).

    Args:
        arch: a timm architecture.
        size: side of the input in pixels.
        flat: keep the places of the last map in the vector (as ArcFace's networks do) instead of averaging over them.
            The network then takes inputs of this size only.
        stride: pixels of the input for one place of the last map. At 16 instead of 32 the last stage keeps its weights
            and sees as far as before, by dilation (Yu et al. 2017): every other place of the map is what it was.
        channels: narrow the last map to so many channels before it is flattened (the E-type neck of ArcFace); 0: not.
        weighted: average over the places by weights of each channel's own, which are learned and begin as the mean (the
            global depthwise convolution of MobileFaceNets, Chen et al. 2018). The input's size is then bound, too.
        dropout: share of the numbers before the vector that a training step leaves out; none in use.
    """

    def __init__(
        self, arch: str, size: int, flat: bool = False, pretrained: bool = False, stride: int = 32, channels: int = 0,
        weighted: bool = False, dropout: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        if flat and weighted:
            raise TrainingError("--flat keeps all places of the last map, --weighted averages over them: choose one.")
        self.arch, self.size, self.flat, self.stride, self.channels = arch, size, flat, stride, channels
        self.weighted = weighted
        finer = {} if stride == 32 else {"output_stride": stride}
        self.backbone = timm.create_model(arch, pretrained=pretrained, num_classes=0, global_pool="", **finer)
        with torch.inference_mode():
            _, wide, rows, columns = self.backbone.eval()(torch.zeros(1, 3, size, size)).shape
        pool: nn.Module = nn.Identity() if flat else nn.AdaptiveAvgPool2d(1)
        if weighted:
            pool = weighted_mean(wide, (rows, columns))
        narrow = [nn.Conv2d(wide, channels, 1, bias=False)] if channels else []
        self.neck = nn.Sequential(
            pool,
            nn.BatchNorm2d(wide),
            nn.Sequential(*narrow, nn.Flatten(), nn.Dropout(dropout)),
            nn.Linear((channels or wide) * (rows * columns if flat else 1), DIMENSIONS, bias=False),
            nn.BatchNorm1d(DIMENSIONS, affine=False),  # evens out the dimensions before they are put on the sphere
        )
        self.frozen: list[nn.Module] = []
        self.train()

    def forward(self, images: Tensor) -> Tensor:
        return F.normalize(self.neck(self.backbone(images)))

    def freeze(self, groups: int) -> None:
        """Keep the first layer groups of the backbone, as timm counts them (the stem, then each block), as they are.

        Their weights and their norms' statistics stay. Their maps are the largest ones: a step without their gradients
        is much cheaper.
        """
        names = group_modules(self.backbone, self.backbone.group_matcher(coarse=False))
        self.frozen = [self.backbone.get_submodule(name) for group in range(groups) for name in names[group]]
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
        names = ("arch", "size", "flat", "stride", "channels", "weighted")
        return {name: getattr(self, name) for name in names}

    @property
    def input(self) -> ModelInput:
        """What its pictures must look like."""
        return ModelInput(self.size, self.size, "rgb", MEAN, STD)


def weighted_mean(channels: int, places: tuple[int, int]) -> nn.Conv2d:
    """A mean of each channel over all places of a map, whose weights can be learned."""
    mean = nn.Conv2d(channels, channels, places, groups=channels, bias=False)
    nn.init.constant_(mean.weight, 1 / math.prod(places))
    return mean


def load_network(path: Path) -> FaceNetwork:
    """The network of a checkpoint of training.embedder, with its averaged weights. Raises TrainingError: it is none."""
    state = checkpoint.load(path)
    if "network" not in state or "average" not in state:
        raise TrainingError(f"{path} is not a checkpoint of training.embedder.")
    network = FaceNetwork(**state["network"])
    network.load_state_dict(state["average"])
    return network


def initialise(network: FaceNetwork, source: Path) -> None:
    """Begin from other weights: an ONNX file, a checkpoint, or a backbone's own state dict.

    An ONNX file must be of this network, or of one that is flat too, with a coarser map (see `finer_neck`), or of one
    that averages over its map where this one weights the places, at whatever size: it begins as that mean. Other
    weights that do not fit (another neck, a classifier) are left as they are; the backbone's have to fit.
    """
    if source.suffix == ".onnx":
        stored = onnx_weights(source)
        if network.flat and "neck.3.weight" in stored:
            stored |= finer_neck(stored, network)
        if network.weighted:
            stored = {"neck.0.weight": network.state_dict()["neck.0.weight"]} | stored
        fill(network, stored, source)
        return
    state = checkpoint.load(source)
    if "average" in state:
        own = network.state_dict()
        network.load_state_dict({**own, **{k: v for k, v in state["average"].items() if own[k].shape == v.shape}})
        return
    missing = network.backbone.load_state_dict(state, strict=False).missing_keys
    if missing:
        raise TrainingError(f"{source} does not hold the weights of {network.arch}: it lacks {missing[0]}.")


def finer_neck(stored: dict[str, Tensor], network: FaceNetwork) -> dict[str, Tensor]:
    """A flat neck's weights for a finer map of fewer channels, that give as nearly the same vectors as they can.

    The places that the coarser map had keep their weights, those between begin with none. Fewer channels are the best
    approximation of that rank to all places' weights (Eckart and Young 1936), each channel counted by its spread after
    the norm. As many channels as there were give the same vectors.
    """
    weight, spread = stored["neck.3.weight"], stored["neck.1.weight"].abs().clamp(min=1e-6)
    channels, own = len(stored.get("neck.2.0.weight", spread)), network.state_dict()["neck.3.weight"]
    side = math.isqrt(weight.shape[1] // channels)
    weight, neck = weight.view(DIMENSIONS, channels, side, side), {}
    if network.channels and "neck.2.0.weight" not in stored:
        places = (weight * spread[:, None, None]).permute(0, 2, 3, 1).reshape(-1, channels)
        left, values, right = torch.linalg.svd(places, full_matrices=False)
        root = values[: network.channels].sqrt()
        neck["neck.2.0.weight"] = (root[:, None] * right[: network.channels] / spread)[:, :, None, None]
        weight = (left[:, : network.channels] * root).view(DIMENSIONS, side, side, -1).permute(0, 3, 1, 2)
    finer = math.isqrt(own.shape[1] // weight.shape[1])
    step = -(-finer // side)
    spaced = torch.zeros(DIMENSIONS, weight.shape[1], finer, finer)
    spaced[:, :, ::step, ::step] = weight
    return neck | {"neck.3.weight": spaced.flatten(1)}

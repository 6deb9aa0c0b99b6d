"""Train the landmark network: five points on a face, and how sure it is of each.

    python -m training.landmarks --data data/landmarks --backgrounds data/detection

The network is timm's rexnet_200 over a crop around a detected face. Its loss is the negative log-likelihood of a
Laplace distribution whose place (the point) and scale (its uncertainty) the network predicts, on points normalised by
the crop's side. Laplace, because hand-made marks have long-tailed errors: the pull on a point is that of an absolute
error, which unlike a squared one does not let few bad marks decide. Left at that the network would give up on hard
faces by calling them uncertain; weighting each term by scale ** 0.5 without its gradient (beta-NLL, Seitzer et al.,
ICLR 2022) keeps half of their pull.

The last checkpoint in `--out` is continued, to the step. Runs on the CPU or on CUDA.
"""

import math
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import timm
import torch
import typer
from timm.utils import ModelEmaV3
from torch import Tensor, nn
from torch.utils.data import DataLoader

from models.align import TEMPLATE
from models.landmarks import crop_around, face_box
from models.manifest import ModelInput
from models.runtime import preprocess
from training import checkpoint
from training.data.landmarks import Face, machine_marked, picture, read_backgrounds, read_faces
from training.errors import TrainingError, require_finite
from training.export.onnx import UNEXPORTED, onnx_weights
from training.landmarks.crops import Crops
from training.precision import half_precision, keep_grouped_single
from training.run_log import go_on_from, note, plot
from training.schedule import learning_rate

WARMUP = 100  # steps
SETTLED = 0.7  # of a run: from then on batch norm uses its averages, as at run time


def input_of(size: int) -> ModelInput:
    """Square crops of `size` pixels, normalised like the pictures of ImageNet."""
    return ModelInput(size, size, "rgb", (123.675, 116.28, 103.53), (58.395, 57.12, 57.375))


class LandmarkNet(nn.Module):
    """(N, 3, S, S) -> points (N, 10) and their standard deviations (N, 5), both in fractions of the crop's side.

    The features of all places of the last map go into the head, not their average: where something lies is the
    question here.

    Args:
        size: S, pixels, side of the crops.
    """

    def __init__(self, arch: str = "rexnet_200", size: int = 96, pretrained: bool = False) -> None:
        super().__init__()
        self.backbone = timm.create_model(arch, pretrained=pretrained, num_classes=0, global_pool="")
        side = math.ceil(size / self.backbone.feature_info[-1]["reduction"])
        self.head = nn.Linear(side * side * self.backbone.num_features, 15)
        nn.init.normal_(self.head.weight, std=1e-3)
        with torch.no_grad():  # a new network places the mean face in the middle of the crop, give or take 5 %
            middle = 0.5 + (TEMPLATE - TEMPLATE.mean(axis=0)) / 120
            self.head.bias.copy_(torch.cat([torch.from_numpy(middle).flatten(), torch.full((5,), math.log(0.05))]))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(crops).flatten(1).float()
        with torch.autocast(crops.device.type, enabled=False):  # bfloat16 would place points on a grid of .4 pixels
            points, log_std = self.head(features).split([10, 5], dim=1)
        return points, log_std.clamp(-7, 0).exp()


def laplace_loss(points: Tensor, std: Tensor, target: Tensor, beta: float = 0.5) -> Tensor:
    """Mean beta-NLL of points (N, 10) with deviations (N, 5) against `target` (N, 5, 2), all in fractions of the crop.

    A Laplace distribution of scale b has the standard deviation b * sqrt(2) and the density exp(-|e| / b) / 2b.
    """
    scale = (std / math.sqrt(2)).unsqueeze(2)
    error = (points.view_as(target) - target).abs()
    likelihood = error / scale + (2 * scale).log()
    return (scale.detach() ** beta * likelihood).mean()


def settle(net: nn.Module) -> None:
    """Let batch norm use its running averages in a network that trains.

    Over a batch's own statistics a rare face that a channel answers to a hundredfold is scaled down to the others; at
    run time it is not, and its points would lie far outside the crop.
    """
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


@torch.no_grad()
def validate(net: nn.Module, faces: list[Face], size: int, device: str) -> dict[str, float]:
    """Mean error over the eye distance by source, with the boxes of a faultless detector."""
    net.eval()
    errors: dict[str, list[float]] = {}
    for start in range(0, len(faces), 64):
        batch = faces[start : start + 64]
        crops, back = zip(*(crop_around(picture(f.path), face_box(f.points), size) for f in batch), strict=True)
        inputs = torch.from_numpy(preprocess(crops, input_of(size))).to(device, memory_format=torch.channels_last)
        points = net(inputs)[0].cpu().numpy().reshape(-1, 5, 2) * size
        for face, found, transform in zip(batch, points, back, strict=True):
            error = np.linalg.norm(found @ transform[:, :2].T + transform[:, 2] - face.points, axis=1).mean()
            errors.setdefault(face.source, []).append(error / np.linalg.norm(face.points[1] - face.points[0]))
    return {source: round(float(np.mean(values)), 4) for source, values in errors.items()}


def start_from(net: LandmarkNet, source: Path) -> None:
    """Fill the backbone, and the head where it fits, from other weights.

    They may be an exported landmark network or embedder, a checkpoint of this script or of training.embedder, or a
    backbone's own state dict.

    Raises:
        TrainingError: they cannot be read, or are another network's.
    """
    own = net.state_dict()
    if source.suffix == ".onnx":
        weights = {name: value for name, value in own.items() if name.endswith(UNEXPORTED)} | onnx_weights(source)
    else:
        state = checkpoint.load(source)
        weights = state.get("ema") or state.get("average") or {f"backbone.{name}": it for name, it in state.items()}
    fitting = {name: value for name, value in weights.items() if name in own and own[name].shape == value.shape}
    missing = [name for name in own if name.startswith("backbone.") and name not in fitting]
    if missing:
        raise TrainingError(f"{source} holds another network, it lacks {missing[0]}: give the same --arch.")
    net.load_state_dict(own | fitting)


def train(
    data: Annotated[Path, typer.Option(help="Folder with landmarks.csv and images/.")] = Path("data/landmarks"),
    celeba: Annotated[Path | None, typer.Option(help="Folder in CelebA's layout: machine-made points.")] = None,
    points: Annotated[Path | None, typer.Option(help="Other points for --celeba: see training.prepare.")] = None,
    backgrounds: Annotated[Path | None, typer.Option(help="Detection set: crops without a face.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for last.pt, log.csv and its curves.")] = Path("runs/landmarks"),
    arch: Annotated[str, typer.Option(help="A timm architecture.")] = "rexnet_200",
    init: Annotated[str | None, typer.Option(help='"imagenet", an .onnx file, a checkpoint, a state dict.')] = None,
    size: Annotated[int, typer.Option(help="Pixels, side of the crop.")] = 96,
    steps: int = 5000,
    batch: int = 16,
    rate: Annotated[float, typer.Option(help="Peak learning rate of the backbone.")] = 3e-4,
    head_rate: Annotated[float, typer.Option(help="Of the head.")] = 1e-3,
    weight_decay: float = 0.02,
    ema: float = 0.998,
    every: Annotated[int, typer.Option(help="Steps from one checkpoint and validation to the next.")] = 250,
    workers: int = 0,
    seed: Annotated[int, typer.Option(help="Of the crops: another run that goes on from one takes another.")] = 0,
    device: str = "cuda" if torch.cuda.is_available() else "cpu",
    half: Annotated[bool | None, typer.Option(help="Convolutions in bfloat16; by default on CUDA.")] = None,
) -> None:
    """Train, or go on with the run in OUT."""
    config = {"arch": arch, "init": init, "size": size, "steps": steps, "batch": batch, "rate": rate}
    config |= {"head_rate": head_rate, "seed": seed}
    torch.manual_seed(seed)
    net = LandmarkNet(arch, size, pretrained=init == "imagenet")
    if init and init != "imagenet":
        start_from(net, Path(init))
    keep_grouped_single(net, device)
    net.to(device, memory_format=torch.channels_last)
    averaged = ModelEmaV3(net, decay=ema, use_warmup=True)
    groups: list[dict[str, Any]] = [
        {"params": net.backbone.parameters(), "peak": rate},
        {"params": net.head.parameters(), "peak": head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=weight_decay)
    parts = {"net": net, "ema": averaged.module, "optimizer": optimizer}
    first = checkpoint.resume(out / "last.pt", parts)
    go_on_from(out / "log.csv", first)

    samples = Crops(
        read_faces(data, "train"),
        machine_marked(celeba, points) if celeba else [],
        read_backgrounds(backgrounds, "train") if backgrounds else [],
        input_of(size),
        length=steps * batch,
        seed=seed,
    )
    loader = DataLoader(samples, batch, sampler=range(first * batch, steps * batch), num_workers=workers)
    val = read_faces(data, "val")
    started, running = time.perf_counter(), 0.0
    for step, (crops, marks) in enumerate(loader, start=first):
        net.train()
        if step >= SETTLED * steps:
            settle(net)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * learning_rate(step, steps, WARMUP)
        with half_precision(device, half):
            found, std = net(crops.to(device, memory_format=torch.channels_last))
        loss = laplace_loss(found, std, marks.to(device))
        require_finite(loss.item(), step)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        averaged.update(net, step)
        running += (loss.item() - running) / min(step - first + 1, 100)
        if (step + 1) % 25 == 0:
            speed = (step + 1 - first) * batch / (time.perf_counter() - started)
            typer.echo(f"step {step + 1}/{steps} loss {running:.4f} {speed:.0f} crops/s")
        if (step + 1) % every == 0 or step + 1 == steps:
            figures = validate(averaged.module, val, size, device)
            typer.echo(f"step {step + 1}/{steps} error over eye distance {figures}")
            note(out / "log.csv", step=step + 1, loss=round(running, 4), **figures)
            plot(out / "log.csv", ["loss", *figures])
            checkpoint.keep(out / "last.pt", parts, step + 1, figures=figures, config=config)

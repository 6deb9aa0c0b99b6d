"""Train the face embedder: aligned crops to 512 numbers of unit length.

    python -m training.prepare faces
    python -m training.embedder --out runs/embedder/few --least 20 --steps 1000
    python -m training.embedder --out runs/embedder/all --init runs/embedder/few/last.pt --steps 4000
    python -m training.embedder --out runs/embedder/arc --init runs/embedder/all/last.pt --loss arcface --size 112

A run that finds its own `last.pt` in --out goes on from there, to the step; --steps and --decay-from may then be other
numbers: as long as the rate has not begun to fall, a run can be prolonged without a jump.
"""

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from timm.utils import ModelEmaV3
from torch import nn
from torch.utils.data import DataLoader

from models.embedder import DIMENSIONS
from training import checkpoint
from training.cleaning import cleaned
from training.data.celeba import TRAIN
from training.embedder.classes import begin
from training.embedder.crowding import by_crowding
from training.embedder.faces import FaceBatches, read_faces
from training.embedder.losses import ArcFace, BatchHardTriplet, CosFace, CosineHead, distillation
from training.embedder.network import FaceNetwork, initialise, load_network
from training.embedder.teacher import Teacher
from training.embedder.validation import CURVES, Validation
from training.errors import TrainingError, require_finite
from training.precision import half_precision, keep_grouped_single
from training.run_log import go_on_from, note, plot
from training.schedule import learning_rate

HEADS: dict[str, type[CosineHead]] = {"ce": CosineHead, "arcface": ArcFace, "cosface": CosFace}


def build_head(loss: str, classes: int, scale: float, margin: float) -> nn.Module:
    """The loss's own module; learning from a teacher needs none."""
    if loss in HEADS:
        return HEADS[loss](classes, DIMENSIONS, scale)
    if loss == "triplet":
        return BatchHardTriplet(margin)
    if loss == "teacher":
        return nn.Identity()
    raise TrainingError(f"There is no loss {loss}: use one of {', '.join(HEADS)}, triplet, teacher.")


def parameter_groups(modules: list[nn.Module], weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay on the weights; none on norms and biases."""
    parameters = [parameter for module in modules for parameter in module.parameters()]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def build_optimizer(name: str, modules: list[nn.Module], lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """SGD with Nesterov's momentum, or AdamW."""
    groups = parameter_groups(modules, weight_decay)
    if name == "sgd":
        return torch.optim.SGD(groups, lr, 0.9, nesterov=True, fused=True)
    if name == "adamw":
        return torch.optim.AdamW(groups, lr, fused=True)
    raise TrainingError(f"There is no optimizer {name}: use sgd or adamw.")


def train(
    out: Annotated[Path, typer.Option(help="folder of the run: last.pt and log.csv")],
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    arch: Annotated[str, typer.Option(help="a timm architecture")] = "rexnet_200",
    size: Annotated[int, typer.Option(help="side of the input, pixels")] = 64,
    flat: Annotated[bool, typer.Option(help="keep the places of the last map in the vector")] = False,
    stride: Annotated[int, typer.Option(help="pixels of the input for one place of the last map: 32 or 16")] = 32,
    channels: Annotated[int, typer.Option(help="narrow the last map to so many channels; 0: not")] = 0,
    weighted: Annotated[bool, typer.Option(help="average over the last map by weights that are learned")] = False,
    dropout: Annotated[float, typer.Option(help="share of the numbers before the vector that a step leaves out")] = 0.0,
    loss: Annotated[str, typer.Option(help="ce, arcface, cosface, triplet, or teacher")] = "ce",
    teacher: Annotated[Path | None, typer.Option(help="with --loss teacher: the checkpoint to learn from")] = None,
    init: Annotated[str | None, typer.Option(help="imagenet, FILE.onnx, a checkpoint, or a backbone's weights")] = None,
    frozen: Annotated[
        int, typer.Option(help="stem and blocks of the backbone, from the first on, that stay as they are")
    ] = 0,
    clean: Annotated[Path | None, typer.Option(help="a list of training.cleaning: what to drop and merge")] = None,
    crowds: Annotated[
        Path | None,
        typer.Option(help="see people more often whom many others resemble by these vectors, which cleaning left"),
    ] = None,
    least: Annotated[int, typer.Option(help="people with at least this many crops")] = 5,
    turned: Annotated[bool, typer.Option(help="learn from profiles, too")] = False,
    per_person: Annotated[int, typer.Option(help="crops of each person in a batch; 0: in turn")] = 0,
    batch: int = 64,
    steps: int = 4000,
    optimizer: Annotated[str, typer.Option(help="sgd or adamw")] = "sgd",
    lr: float = 0.1,
    weight_decay: float = 5e-4,
    warmup: Annotated[int, typer.Option(help="steps of rising learning rate")] = 100,
    decay_from: Annotated[
        int | None, typer.Option(help="step until which the rate stays, to fall to 0 at --steps; by default a cosine")
    ] = None,
    scale: Annotated[float, typer.Option(help="factor of the cosines")] = 30.0,
    margin: Annotated[float, typer.Option(help="ArcFace: radians; CosFace: cosine; triplet: distance")] = 0.3,
    ramp: Annotated[int, typer.Option(help="steps over which the margin grows from 0")] = 1000,
    degrade: Annotated[float, typer.Option(help="probability of each degradation of a crop")] = 0.2,
    ema: Annotated[float, typer.Option(help="decay of the averaged weights")] = 0.999,
    vectors: Annotated[
        Path | None,
        typer.Option(help="begin the classes as means of these vectors, which cleaning left"),
    ] = None,
    imprinted: Annotated[
        int, typer.Option(help="with --init: crops that begin the vectors of classes new to it; 0: none")
    ] = 2,
    every: Annotated[float, typer.Option(help="minutes between checkpoints")] = 4.0,
    workers: Annotated[int, typer.Option(help="processes that make batches; 0: this one")] = 0,
    device: Annotated[str | None, typer.Option(help="cpu or cuda")] = None,
    half: Annotated[bool | None, typer.Option(help="convolutions in bfloat16; by default on CUDA")] = None,
    seed: int = 0,
) -> None:
    """Train the embedder; see the top of the file for the usual sequence."""
    options = {name: str(value) for name, value in locals().items()}
    torch.manual_seed(seed)
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    console = Console()

    # data
    data = read_faces(faces)
    if clean:
        data = replace(data, lists=cleaned(data.lists, clean))
    rows = data.rows(TRAIN, least, turned)

    # network, loss, optimizer
    network = FaceNetwork(arch, size, flat, init == "imagenet", stride, channels, weighted, dropout)
    if init and init != "imagenet":
        initialise(network, Path(init))
    keep_grouped_single(network, where.type)
    network.freeze(frozen)
    network.to(where, memory_format=torch.channels_last)
    validation = Validation(data, rows, network.input)
    repeated = by_crowding(rows, data.lists.people[rows], crowds) if crowds else rows
    batches = FaceBatches(data, repeated, network.input, batch, per_person or 4 * (loss == "triplet"), degrade, seed)
    console.print(f"{len(batches.people):,} people, {len(rows):,} crops, {steps * batch / len(repeated):.1f} epochs")
    head = build_head(loss, len(batches.people), scale, margin).to(where)
    taught = Teacher(load_network(teacher).to(where, memory_format=torch.channels_last), data) if teacher else None
    if (loss == "teacher") != (taught is not None):
        raise TrainingError("--loss teacher and --teacher CHECKPOINT go together.")
    average = ModelEmaV3(network, decay=ema, use_warmup=True)
    optimize = build_optimizer(optimizer, [network, head], lr, weight_decay)

    # resume, or begin
    parts = {"weights": network, "average": average.module, "head": head, "optimizer": optimize}
    people = torch.from_numpy(batches.people)
    begun = checkpoint.resume(out / "last.pt", parts, people if isinstance(head, CosineHead) else None)
    go_on_from(out / "log.csv", begun)
    if not begun and isinstance(head, CosineHead):
        with half_precision(where.type, half):
            begin(head, network, batches, init, vectors, imprinted)

    # loop
    out.mkdir(parents=True, exist_ok=True)
    loader = DataLoader(batches, batch_size=None, sampler=range(begun, steps), num_workers=workers)
    network.train()
    smooth, saved, seen = math.nan, time.monotonic(), 0
    for step, found in enumerate(loader, begun):
        for group in optimize.param_groups:
            group["lr"] = lr * learning_rate(step, steps, warmup, decay_from)
        if isinstance(head, CosineHead):
            head.margin = margin * min(1.0, step / max(1, ramp))
        with half_precision(where.type, half):
            own = network(found.images.to(where, memory_format=torch.channels_last)).float()
            value = distillation(own, taught(found.rows).to(where)) if taught else head(own, found.labels.to(where))
        optimize.zero_grad(set_to_none=True)
        value.backward()
        optimize.step()
        average.update(network, step)

        smooth = value.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * value.item()
        require_finite(smooth, step)
        seen += len(found.images)
        elapsed = time.monotonic() - saved
        if elapsed > 60 * every or step + 1 == steps:
            figures = {"step": step + 1, "loss": round(smooth, 4), "lr": round(optimize.param_groups[0]["lr"], 6)}
            with half_precision(where.type, half):
                figures |= validation(average.module)
            figures["crops_per_second"] = round(seen / elapsed, 1)
            told = {"network": network.shape, "people": people, "options": options, "figures": figures}
            checkpoint.keep(out / "last.pt", parts, step + 1, **told)
            note(out / "log.csv", **figures)
            plot(out / "log.csv", ["loss", "lr", *CURVES])
            console.print(figures)
            saved, seen = time.monotonic(), 0

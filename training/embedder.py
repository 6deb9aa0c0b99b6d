"""Train the face embedder: aligned crops to 512 numbers of unit length.

    python -m training.prepare faces
    python -m training.embedder --out runs/embedder/few --least 20 --steps 1000
    python -m training.embedder --out runs/embedder/all --init runs/embedder/few/last.pt --steps 4000
    python -m training.embedder --out runs/embedder/arc --init runs/embedder/all/last.pt --loss arcface --size 112

A run that finds its own `last.pt` in --out goes on from there, to the step; --steps may then be another number.
"""

import csv
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from rich.console import Console
from timm.utils import ModelEmaV3
from torch import Tensor, nn
from torch.utils.data import DataLoader

from models.runtime import preprocess
from training import checkpoint
from training.celeba import TRAIN, VALIDATION, require_apart
from training.errors import TrainingError
from training.evaluate.rates import pair_scores, tpr_at
from training.faces import FaceBatches, Faces, fitted, read_faces
from training.losses import ArcFace, BatchHardTriplet, CosFace, CosineHead, distillation
from training.networks import DIMENSIONS, FaceNetwork, initialise, load_network

HEADS: dict[str, type[CosineHead]] = {"ce": CosineHead, "arcface": ArcFace, "cosface": CosFace}
VALIDATION_CROPS = 1000


def embed(network: nn.Module, faces: Faces, rows: NDArray[np.int64], expected: Any, batch: int = 64) -> Tensor:
    """Unit vectors (N, 512) of packed crops, in evaluation mode; the network is left in the mode it came in."""
    training, device = network.training, next(network.parameters()).device
    network.eval()
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(preprocess(fitted(faces.crops[some], expected), expected)).to(device)).cpu()
            for some in np.split(rows, range(batch, len(rows), batch))
        ]
    network.train(training)
    return torch.cat(parts)


def imprint(head: CosineHead, network: FaceNetwork, faces: Faces, batches: FaceBatches, each: int) -> None:
    """Begin every class's vector as the mean embedding of its first crops: thousands of random ones learn slowly."""
    first = [np.flatnonzero(batches.labels == label)[:each] for label in range(len(batches.people))]
    vectors = embed(network, faces, batches.rows[np.concatenate(first)], network.input)
    means = torch.stack([part.mean(0) for part in vectors.split([len(part) for part in first])])
    head.weight.data = nn.functional.normalize(means).to(head.weight.device)


class Teacher:
    """A trained network's vectors of the clean crops, each computed once."""

    def __init__(self, network: FaceNetwork, faces: Faces) -> None:
        self.network, self.faces = network, faces
        self.vectors = torch.full((len(faces.crops), DIMENSIONS), math.nan)

    def __call__(self, rows: Tensor) -> Tensor:
        """Unit vectors (N, 512) for rows of the packed crops."""
        new = rows[self.vectors[rows, 0].isnan()]
        if len(new):
            self.vectors[new] = embed(self.network, self.faces, new.numpy(), self.network.input)
        return self.vectors[rows]


def validate(network: nn.Module, faces: Faces, rows: NDArray[np.int64], expected: Any) -> float:
    """TPR at FPR .01 over all pairs of the validation crops; NaN where there are too few."""
    vectors = embed(network, faces, rows, expected).numpy()
    return tpr_at(*pair_scores(vectors, faces.lists.people[rows]), [0.01]).get("0.01", math.nan)


def rate(step: int, steps: int, warmup: int) -> float:
    """Share of the peak learning rate: a straight rise, then half a cosine down to 0."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def parameter_groups(modules: list[nn.Module], weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay on the weights; none on norms and biases."""
    parameters = [parameter for module in modules for parameter in module.parameters()]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def train(
    out: Annotated[Path, typer.Option(help="folder of the run: last.pt and log.csv")],
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    arch: Annotated[str, typer.Option(help="a timm architecture")] = "rexnet_200",
    size: Annotated[int, typer.Option(help="side of the input, pixels")] = 64,
    flat: Annotated[bool, typer.Option(help="keep the places of the last map in the vector")] = False,
    loss: Annotated[str, typer.Option(help="ce, arcface, cosface, triplet, or teacher")] = "ce",
    teacher: Annotated[Path | None, typer.Option(help="with --loss teacher: the checkpoint to learn from")] = None,
    init: Annotated[str | None, typer.Option(help="imagenet, FILE.onnx, a checkpoint, or a backbone's weights")] = None,
    least: Annotated[int, typer.Option(help="people with at least this many crops")] = 5,
    per_person: Annotated[int, typer.Option(help="crops of each person in a batch; 0: in turn")] = 0,
    batch: int = 64,
    steps: int = 4000,
    optimizer: Annotated[str, typer.Option(help="sgd or adamw")] = "sgd",
    lr: float = 0.1,
    weight_decay: float = 5e-4,
    warmup: Annotated[int, typer.Option(help="steps of rising learning rate")] = 100,
    scale: Annotated[float, typer.Option(help="factor of the cosines")] = 30.0,
    margin: Annotated[float, typer.Option(help="ArcFace: radians; CosFace: cosine; triplet: distance")] = 0.3,
    ramp: Annotated[int, typer.Option(help="steps over which the margin grows from 0")] = 1000,
    degrade: Annotated[float, typer.Option(help="probability of each degradation of a crop")] = 0.2,
    ema: Annotated[float, typer.Option(help="decay of the averaged weights")] = 0.999,
    imprinted: Annotated[int, typer.Option(help="with --init: crops that begin each class's vector; 0: none")] = 2,
    every: Annotated[float, typer.Option(help="minutes between checkpoints")] = 4.0,
    workers: Annotated[int, typer.Option(help="processes that make batches; 0: this one")] = 0,
    device: Annotated[str | None, typer.Option(help="cpu or cuda")] = None,
    seed: int = 0,
) -> None:
    """Train the embedder; see the top of the file for the usual sequence."""
    if loss not in (*HEADS, "triplet", "teacher"):
        raise TrainingError(f"There is no loss {loss}: use one of {', '.join(HEADS)}, triplet, teacher.")
    torch.manual_seed(seed)
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    console = Console()

    # data
    data = read_faces(faces)
    rows, validation = data.rows(TRAIN, least), data.rows(VALIDATION, 2)[:VALIDATION_CROPS]
    require_apart(data.lists.people[rows], data.lists.people[validation])

    # model
    network = FaceNetwork(arch, size, flat, pretrained=init == "imagenet")
    if init and init != "imagenet":
        initialise(network, Path(init))
    batches = FaceBatches(
        data, rows, network.input, batch, per_person or (4 if loss == "triplet" else 0), degrade, seed
    )
    console.print(f"{len(batches.people):,} people, {len(rows):,} crops, {steps * batch / len(rows):.1f} epochs")
    network.to(where, memory_format=torch.channels_last)
    head: nn.Module = nn.Identity()
    if loss in HEADS:
        head = HEADS[loss](len(batches.people), DIMENSIONS, scale)
    elif loss == "triplet":
        head = BatchHardTriplet(margin)
    head.to(where)
    average = ModelEmaV3(network, decay=ema, use_warmup=True)
    groups = parameter_groups([network, head], weight_decay)
    optimize: torch.optim.Optimizer = (
        torch.optim.AdamW(groups, lr) if optimizer == "adamw" else torch.optim.SGD(groups, lr, 0.9, nesterov=True)
    )
    criterion: Callable[[Tensor, Tensor], Tensor] = head
    if loss == "teacher":
        if teacher is None:
            raise TrainingError("--loss teacher needs --teacher CHECKPOINT.")
        taught = Teacher(load_network(teacher).to(where, memory_format=torch.channels_last), data)
        criterion = lambda vectors, rows: distillation(vectors, taught(rows.cpu()).to(where))  # noqa: E731

    # resume, or begin
    last, begun = out / "last.pt", 0
    parts: dict[str, Any] = {"weights": network, "head": head, "optimizer": optimize}
    if last.is_file():
        state = checkpoint.load(last)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        average.module.load_state_dict(state["average"])
        begun = state["step"]
    elif init and imprinted and isinstance(head, CosineHead):
        imprint(head, network, data, batches, imprinted)

    def save(step: int) -> None:
        figure = validate(average.module, data, validation, network.input)
        checkpoint.save(
            last, network=network.shape, average=average.module.state_dict(), step=step, tpr=figure,
            **{name: part.state_dict() for name, part in parts.items()},
        )  # fmt: skip
        log.writerow(
            [step, f"{mean_loss:.4f}", f"{optimize.param_groups[0]['lr']:.5f}", f"{figure:.4f}", f"{speed:.1f}"]
        )
        file.flush()
        console.print(f"step {step}: loss {mean_loss:.3f}, TPR at FPR .01 {figure:.3f}, {speed:.0f} crops/s")

    # loop
    out.mkdir(parents=True, exist_ok=True)
    half = torch.autocast(where.type, torch.bfloat16) if where.type == "cuda" else nullcontext()
    loader = DataLoader(batches, batch_size=None, sampler=range(begun, steps), num_workers=workers)
    mean_loss, speed, saved, seen = math.nan, 0.0, time.monotonic(), 0
    with (out / "log.csv").open("a", newline="") as file:
        log = csv.writer(file)
        if not begun:
            log.writerow(["step", "loss", "lr", "tpr_at_fpr_0.01", "crops_per_second"])
        network.train()
        for step, found in enumerate(loader, begun):
            for group in optimize.param_groups:
                group["lr"] = lr * rate(step, steps, warmup)
            if isinstance(head, CosineHead):
                head.margin = margin * min(1.0, step / max(1, ramp))
            images = found.images.to(where, memory_format=torch.channels_last, non_blocking=True)
            with half:
                vectors = network(images).float()
            value = criterion(vectors, (found.rows if loss == "teacher" else found.labels).to(where))
            optimize.zero_grad(set_to_none=True)
            value.backward()
            optimize.step()
            average.update(network, step)
            seen += len(images)
            mean_loss = value.item() if math.isnan(mean_loss) else 0.98 * mean_loss + 0.02 * value.item()
            if not math.isfinite(mean_loss):
                raise TrainingError(f"The loss is not a number at step {step}: begin again with a smaller --lr.")
            elapsed = time.monotonic() - saved
            if elapsed > 60 * every or step + 1 == steps:
                speed = seen / elapsed
                save(step + 1)
                saved, seen = time.monotonic(), 0


if __name__ == "__main__":
    typer.run(train)

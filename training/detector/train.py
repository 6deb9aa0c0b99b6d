"""Train YOLOv5 to find faces.

    python -m training.detector --data data/detection --init yolov5m_grown.safetensors --frozen 10 --thaw 5000

The network is trained on square crops at about the scale at which it will see pictures (long side 640), rather than
on pictures shrunk to the crop's size, for the faces of crowds and cameras are small. Model and loss are Ultralytics'.

The last checkpoint in `--out` is continued, to the step. Runs on the CPU or on CUDA.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from safetensors.torch import load_file
from timm.utils import ModelEmaV3
from torch import Tensor, nn
from torch.utils.data import DataLoader
from ultralytics import YOLO
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel

from models.detector import Detector
from models.manifest import ModelEntry
from models.runtime import Network
from training import checkpoint
from training.data.detection import read_layout
from training.detector.crops import INPUT, Crops, Steps, collate
from training.detector.pseudo_labels import with_pseudo_labels
from training.errors import TrainingError, require_finite
from training.evaluate.detection import look, measure
from training.export.onnx import load_onnx_weights
from training.precision import half_precision
from training.run_log import go_on_from, note, plot
from training.schedule import learning_rate

LOSSES = ("box_loss", "cls_loss", "dfl_loss")
FIGURES = ("ap50", "ap50_95", "precision", "recall")  # of the validations

# ---- network ----


def build(name: str) -> DetectionModel:
    """Ultralytics' YOLOv5 of that name (`yolov5n` to `yolov5x`) with one class and random weights."""
    model = DetectionModel(f"{name}.yaml", nc=1, verbose=False)
    model.args = get_cfg()  # the gains of the loss
    return model


def initialise(model: nn.Module, init: str) -> None:
    """Take over the weights that fit, from whatever there is.

    Args:
        init: a shipped .onnx, a .safetensors file (as `training.grow` makes it), a checkpoint of this script, whose
            averaged weights are taken, or an Ultralytics checkpoint: a local .pt file, whose code is run, or a
            published name such as yolov5mu.pt, which is downloaded.

    Raises:
        TrainingError: nothing fits, or nothing can be read.
    """
    if init.endswith(".onnx"):
        load_onnx_weights(model, Path(init))
        return
    state = stored_weights(init)
    known = model.state_dict()
    fitting = {name: value for name, value in state.items() if name in known and value.shape == known[name].shape}
    if len(fitting) < len(known) / 2:
        raise TrainingError(f"Only {len(fitting)} of {len(known)} tensors of {init} fit: it is another network.")
    model.load_state_dict(fitting, strict=False)


def stored_weights(init: str) -> dict[str, Tensor]:
    """The weights that a file has for `initialise`, if not an .onnx, by their names; raises as that does."""
    with suppress(TrainingError, KeyError):  # by Ultralytics' files, which hold code, and names to be downloaded
        return checkpoint.load(Path(init))["ema"]
    try:
        return load_file(init) if init.endswith(".safetensors") else YOLO(init).model.float().state_dict()
    except Exception as error:  # both raise errors of many kinds
        told = str(error).partition("\n")[0]
        raise TrainingError(f"{init} holds no weights that can be read ({told}): give another --init.") from error


def freeze(model: DetectionModel, layers: int) -> None:
    """Training mode, but the first `layers` keep their weights and their batch statistics."""
    model.train().requires_grad_(True)
    model.model[-1].dfl.requires_grad_(False)  # not a weight: the numbers 0 to 15
    for layer in model.model[:layers]:
        layer.eval().requires_grad_(False)


def decoding(model: DetectionModel) -> DetectionModel:
    """Let the network, in evaluation mode, put out boxes and scores (N, 5, A) alone, for any input size."""
    head = model.model[-1]
    head.export = head.dynamic = True
    return model.eval()


class TorchNetwork(Network):
    """A network in training, in the place of an exported one."""

    def __init__(self, model: DetectionModel, device: str) -> None:
        self.model, self.device = model, device
        self.entry = ModelEntry("training", "detection", Path(), "", INPUT)

    @torch.inference_mode()
    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        images = torch.from_numpy(batch).to(self.device, memory_format=torch.channels_last)
        return [self.model(images).cpu().numpy()]


# ---- loop ----


def train(
    data: Annotated[Path, typer.Option(help="Pictures and labels in Ultralytics' layout.")] = Path("data/detection"),
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and figures.")] = Path("runs/detector"),
    name: Annotated[str, typer.Option(help="yolov5n, yolov5s, yolov5m, ...")] = "yolov5m",
    init: Annotated[str | None, typer.Option(help="An .onnx, a .safetensors, a last.pt, or yolov5mu.pt, say.")] = None,
    steps: int = 20_000,
    batch: int = 8,
    size: Annotated[int, typer.Option(help="Side of the crops in pixels, a multiple of 32.")] = 320,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    warmup: int = 100,
    large_every: Annotated[int, typer.Option(help="Steps from one of a quarter as many, twice as large crops on.")] = 4,
    mosaics: Annotated[float, typer.Option(help="Share of samples that are mosaics of four crops.")] = 0.25,
    celeba: Annotated[Path | None, typer.Option(help="CelebA's layout: faces to be pasted, and portraits.")] = None,
    landmarks: Annotated[Path | None, typer.Option(help="A landmark set, for more portraits.")] = None,
    pseudo: Annotated[Path | None, typer.Option(help="Unlabelled faces, from `training.prepare pseudo`.")] = None,
    frozen: Annotated[int, typer.Option(help="Layers that do not learn at first (10: the backbone).")] = 0,
    thaw: Annotated[int | None, typer.Option(help="The step from which all layers learn; by default never.")] = None,
    every: Annotated[int, typer.Option(help="Steps from one checkpoint to the next.")] = 25,
    validate_every: Annotated[int, typer.Option(help="Steps from one validation to the next.")] = 250,
    subset: Annotated[int, typer.Option(help="Validate on every so many of the pictures.")] = 10,
    workers: int = 1,
    seed: int = 0,
    device: str = "cuda" if torch.cuda.is_available() else "cpu",
    half: Annotated[bool | None, typer.Option(help="Convolutions in bfloat16; by default on CUDA.")] = None,
) -> None:
    """Train, or go on with the run in OUT."""
    config = {key: str(value) for key, value in locals().items()}
    torch.manual_seed(seed)
    model = build(name).to(device, memory_format=torch.channels_last)
    last = out / "last.pt"
    if init and not last.is_file():
        initialise(model, init)
    ema = ModelEmaV3(model, decay=0.998, use_warmup=True)
    decoding(ema.module)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    loss_of = model.init_criterion()
    parts = {"model": model, "ema": ema.module, "optimizer": optimizer}
    done = checkpoint.resume(last, parts)
    for table in ("losses.csv", "figures.csv"):
        go_on_from(out / table, done)

    pictures = read_layout(data, "train")
    if pseudo:
        pictures = with_pseudo_labels(pictures, pseudo)
    crops = Crops(pictures, mosaics, seed, celeba, landmarks)
    numbers = Steps(done, steps, batch, size, large_every)
    loader = DataLoader(crops, batch_sampler=numbers, collate_fn=collate, num_workers=workers)
    val = read_layout(data, "val")[::subset]
    for step, samples in enumerate(loader, start=done):
        freeze(model, frozen if thaw is None or step < thaw else 0)
        for group in optimizer.param_groups:
            group["lr"] = lr * learning_rate(step, steps, warmup)
        samples = {key: value.to(device, non_blocking=True) for key, value in samples.items()}
        images = samples["img"].contiguous(memory_format=torch.channels_last)
        with half_precision(device, half):
            predicted = model(images)
        predicted |= {name: predicted[name].float() for name in ("boxes", "scores")}
        losses, shares = loss_of(predicted, samples)
        loss = losses.sum()
        require_finite(loss.item(), step)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        optimizer.zero_grad()
        ema.update(model, step + 1)
        note(out / "losses.csv", step=step + 1, time=time.strftime("%T"), **{k: f"{v:.4f}" for k, v in shares.items()})
        if (step + 1) % every == 0 or step + 1 == steps:
            checkpoint.keep(last, parts, step + 1, config=config)
        if (step + 1) % validate_every == 0 or step + 1 == steps:
            detector = Detector(TorchNetwork(ema.module, device), threshold=0.25)
            results = [look(picture, detector) for picture in val]
            figures = measure(results, detector.threshold)
            note(out / "figures.csv", step=step + 1, **{name: figures[name] for name in FIGURES})
            plot(out / "figures.csv", FIGURES)
            plot(out / "losses.csv", LOSSES, window=50)

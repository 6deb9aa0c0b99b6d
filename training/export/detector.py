"""Ship a trained detector: ONNX, threshold, figures and its place in the manifest.

    python -m training.export detector runs/detector/last.pt --data data/detection

The file takes its place once ONNX Runtime finds the boxes in it that torch finds.
"""

import copy
from pathlib import Path
from typing import Annotated

import numpy as np
import supervision as sv
import torch
import typer
from rich.progress import track
from torch import nn

from models.detector import Detector
from models.files import whole
from models.images import read_image
from models.manifest import ModelEntry, digest
from models.runtime import Network
from training import checkpoint
from training.data.detection import Labelled, read_layout
from training.detector.crops import INPUT
from training.detector.train import TorchNetwork, build, decoding
from training.errors import TrainingError
from training.evaluate.detection import choose_threshold, look, measure
from training.evaluate.false_alarms import face_free_scores, false_alarms
from training.export.onnx import load_onnx_weights, write_entry, write_onnx

TOLERANCE = 1.0  # pixels between a box of ONNX Runtime and the same box of torch


def main(
    trained: Annotated[Path, typer.Argument(help="A checkpoint of training.detector.")],
    data: Annotated[Path, typer.Option(help="Pictures to compare and measure on.")] = Path("data/detection"),
    weights: Annotated[Path, typer.Option(help="Folder of the shipped networks.")] = Path("models/weights"),
    subset: Annotated[int, typer.Option(help="Measure on every so many of the pictures.")] = 1,
    recipe: Annotated[str, typer.Option(help="How it was trained, for the manifest.")] = "",
    trained_on: Annotated[str, typer.Option(help="What it was trained on, for the manifest.")] = "",
    default: Annotated[bool, typer.Option(help="Use it where no detector is named.")] = False,
    origin: Annotated[Path | None, typer.Option(help="The .onnx that it was trained on from, to lean back to.")] = None,
    lean: Annotated[float, typer.Option(help="How far back to the origin's weights, 0 to 1.")] = 0.5,
) -> None:
    """Export the averaged weights, show that they find the same boxes, measure them, and write the manifest entry."""
    state = checkpoint.load(trained)
    module = decoding(build(state["config"]["name"]))
    module.load_state_dict(state["ema"])
    if origin:
        lean_back(module, origin, lean)
    name = f"{state['config']['name']}-face"
    path = weights / f"{name}.onnx"
    weights.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        write_onnx(module, torch.rand(2, 3, 96, 160), part, ["detections"], free_size=True)
        detector = Detector(Network(ModelEntry(name, "detection", part, digest(part), INPUT)))
        pictures = read_layout(data, "val")[::subset]
        gap = difference(Detector(TorchNetwork(module, "cpu")), detector, pictures[:: max(1, len(pictures) // 10)])
        typer.echo(f"{part}: boxes within {gap:.2f} px of those of torch")
        results = [look(picture, detector) for picture in track(pictures, "Measuring")]
        alarms = face_free_scores(pictures, detector)
        threshold, reason = choose_threshold(results, alarms)
        figures = measure(results, threshold) | false_alarms(alarms, threshold)
        typer.echo(figures)
    entry = {
        "name": name,
        "task": "detection",
        "file": path.name,
        "input": {"width": None, "height": None, "color": INPUT.color, "mean": INPUT.mean, "std": INPUT.std},
        "default": default,
        "threshold": threshold,
        "threshold_reason": reason,
        "data": trained_on,
        "recipe": recipe,
        "metrics": figures | {"long_side": detector.size},
        "license": "AGPL-3.0, research data",
    }
    write_entry(weights / "manifest.json", entry)


def lean_back(module: nn.Module, origin: Path, share: float) -> None:
    """Take weights and statistics part of the way back to those of an exported network that training began with.

    Between the two a network keeps much of what it could before and of what it learned since (WiSE-FT, Wortsman et al.,
    2022).

    Raises:
        TrainingError: the origin is another network.
    """
    before = copy.deepcopy(module)
    load_onnx_weights(before, origin)
    own = module.state_dict()
    for name, value in before.state_dict().items():
        if value.is_floating_point():
            own[name].lerp_(value, share)


def difference(ours: Detector, theirs: Detector, pictures: list[Labelled]) -> float:
    """The largest distance in pixels between the sides of boxes that two detectors find in the same pictures.

    Raises:
        TrainingError: it is above one pixel, or one of them misses the faces.
    """
    largest = 0.0
    for picture in pictures:
        image = read_image(picture.path)
        sure, all_found = ours.detect(image, min_score=0.3).xyxy, theirs.detect(image, min_score=0.2).xyxy
        if len(sure) and not len(all_found):
            raise TrainingError(f"Only one of the detectors finds the faces of {picture.path}.")
        if len(sure):
            nearest = sv.box_iou_batch(sure, all_found).argmax(axis=1)
            largest = max(largest, float(np.abs(sure - all_found[nearest]).max()))
    if largest > TOLERANCE:
        raise TrainingError(f"The boxes of the two detectors are up to {largest:.2f} px apart.")
    return largest

"""Ship a detector's twin in 8-bit integers, which cameras get on CPUs that are made for it (`models.integers`).

    python -m training.export int8 yolov5m-face --data data/detection

ONNX Runtime's static quantisation: the ranges of the activations are those of training pictures; the head, whose boxes
are fine numbers, stays as it is. How much faster that is depends on the CPU; `doorman bench` tells.
"""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import onnx
import onnxruntime
import typer
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from rich.progress import track

from models.detector import Detector
from models.files import anew, whole
from models.images import read_image
from models.manifest import ModelEntry, digest, read_manifest
from models.runtime import Network
from training.data.detection import Labelled, read_layout
from training.errors import TrainingError
from training.evaluate.detection import average_precision, choose_threshold, look, measure
from training.evaluate.false_alarms import face_free_scores, false_alarms
from training.export.onnx import halve, write_entry

MOST_LOST = 0.01  # AP50
LAYER = re.compile(r"model\.(\d+)\.")  # in the names of Ultralytics' parameters; the last one is the head


def main(
    name: Annotated[str, typer.Argument(help="A shipped detector.")],
    data: Annotated[Path, typer.Option(help="Pictures to calibrate and measure on.")] = Path("data/detection"),
    weights: Annotated[Path, typer.Option(help="Folder of the shipped networks.")] = Path("models/weights"),
    calibration: Annotated[int, typer.Option(help="Training pictures for the ranges.")] = 100,
    subset: Annotated[int, typer.Option(help="Measure on every so many of the pictures.")] = 1,
) -> None:
    """Quantise a detector, measure it, and write it and its manifest entry, unless it loses more than .01 AP50."""
    manifest = weights / "manifest.json"
    entry = next((entry for entry in read_manifest(manifest) if entry.name == name), None)
    if entry is None:
        raise TrainingError(f"{manifest} has no network {name}.")
    path = entry.path.with_name(f"{name}-int8.onnx")
    train, pictures = read_layout(data, "train"), read_layout(data, "val")[::subset]
    with whole(path) as part:
        quantise(entry, part, train[:: -(-len(train) // calibration)])
        detector = Detector(Network(ModelEntry(path.stem, "detection", part, digest(part), entry.input)))
        results = [look(picture, detector) for picture in track(pictures, "Measuring")]
        alarms = face_free_scores(pictures, detector)
        threshold, reason = choose_threshold(results, alarms)
        figures = measure(results, threshold) | false_alarms(alarms, threshold)
        typer.echo(figures)
        lost = _precision(entry, pictures) - figures["ap50"]
        if lost > MOST_LOST:
            raise TrainingError(f"{name} loses {lost:.3f} AP50 in 8-bit integers: it is not worth shipping.")
    described = json.loads(manifest.read_text(encoding="utf-8"))["models"]
    original: dict[str, Any] = next(model for model in described if model["name"] == name)
    changed = {
        "name": path.stem,
        "file": path.name,
        "default": False,
        "int8_of": entry.sha256,
        "threshold": threshold,
        "threshold_reason": reason,
        "recipe": f"{name} in 8-bit integers, calibrated on {calibration} training pictures; head in float32",
        "metrics": figures | {"long_side": detector.size},
    }
    write_entry(manifest, original | changed)


def _precision(entry: ModelEntry, pictures: Sequence[Labelled]) -> float:
    """AP50 of the original on the same pictures: that of its manifest entry, unless it is of more or fewer."""
    if entry.metrics.get("pictures") == len(pictures):
        return float(entry.metrics["ap50"])
    detector = Detector(Network(entry))
    return average_precision([look(picture, detector) for picture in track(pictures, "Measuring the original")])[0] or 0


def quantise(entry: ModelEntry, path: Path, pictures: Iterable[Labelled]) -> None:
    """Write a detector with its convolutions, but for the head's, in 8-bit integers.

    Args:
        pictures: give the ranges of the activations.
    """
    with TemporaryDirectory() as folder:
        fused = Path(folder) / "fused.onnx"
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(fused)
        onnxruntime.InferenceSession(str(entry.path), options, providers=["CPUExecutionProvider"])
        quantize_static(
            fused,
            anew(path),
            _Inputs(entry, pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],  # what lies between them gains little and loses accuracy
            nodes_to_exclude=_head(onnx.load(entry.path).graph),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            reduce_range=True,  # sums of eight bits overflow without VNNI, and the figures would not be those with it
        )
    model = onnx.load(path)
    halve(model.graph)  # what is left of the weights
    onnx.save(model, path)


def _head(graph: onnx.GraphProto) -> list[str]:
    """The names of the convolutions in the last of the network's layers."""
    layers = {
        node.name: max(map(int, LAYER.findall(" ".join(node.input))), default=-1)
        for node in graph.node
        if node.op_type == "Conv"
    }
    return [name for name, layer in layers.items() if layer == max(layers.values())]


class _Inputs(CalibrationDataReader):
    """What a detector gives its network to see of pictures, one after the other."""

    def __init__(self, entry: ModelEntry, pictures: Iterable[Labelled]) -> None:
        self._network = _Recorder(entry)
        self._detector = Detector(self._network)
        self._pictures = iter(pictures)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        picture = next(self._pictures, None)
        if picture is None:
            return None
        self._detector.detect(read_image(picture.path))
        return {"images": self._network.batch}


class _Recorder(Network):
    """Keeps its last input, and finds nothing."""

    batch: NDArray[np.float32]

    def __init__(self, entry: ModelEntry) -> None:
        self.entry = entry

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self.batch = batch
        return [np.zeros((1, 5, 21), np.float32)]

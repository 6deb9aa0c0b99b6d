"""ONNX export: weights stored in half precision, parameters under their own names, batch norms apart.

The file stays a place to train on from (`load_onnx_weights`); ONNX Runtime widens the weights and fuses the norms when
it loads it, so it runs like any other float32 network.

    python -m training.export embedder runs/embedder/all/last.pt --name rexnet200-embedder
"""

import copy
import hashlib
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxscript import optimizer
from torch import nn

from models.files import anew, whole
from training.errors import TrainingError

TOLERANCE = 1e-3  # largest difference to torch, relative to the largest output: float32 sums in another order
UNEXPORTED = "num_batches_tracked"  # the end of the names in a module's state that an exported file lacks


def write_onnx(
    module: nn.Module, example: torch.Tensor, path: Path, outputs: list[str], free_size: bool = False
) -> None:
    """Write `module` in evaluation mode as ONNX, and compare it with torch.

    Args:
        example: a batch (N >= 2, 3, H, W) that the network accepts; the comparison runs on it.
        outputs: a name for each output of the module.
        free_size: leave height and width free as well (in multiples of 32), not only the batch.

    Raises:
        TrainingError: ONNX Runtime's outputs are not those of torch.
    """
    module = copy.deepcopy(module).eval().to(memory_format=torch.contiguous_format)
    for parameter in module.parameters():
        if _in_half(parameter.shape):
            parameter.data = parameter.data.half().float()
    shape: dict[int, Any] = {0: torch.export.Dim("batch")}
    if free_size:
        shape |= {2: 32 * torch.export.Dim("rows", min=1), 3: 32 * torch.export.Dim("columns", min=1)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module,
            (example,),
            dynamo=True,
            optimize=False,  # it would fold the batch norms into the convolutions
            dynamic_shapes=(shape,),
            input_names=["images"],
            output_names=outputs,
            verbose=False,
        )
    assert program is not None
    optimizer.fold_constants(program.model)
    optimizer.remove_unused_nodes(program.model)
    model = program.model_proto
    halve(model.graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, anew(path))
    _compare(module, example, path)


def load_onnx_weights(module: nn.Module, path: Path) -> None:
    """Fill `module` with the parameters and statistics of an ONNX file that `write_onnx` made of the same network.

    Raises:
        TrainingError: the file cannot be read, or lacks some of them, or they are of another shape.
    """
    fill(module, onnx_weights(path), path)


def fill(module: nn.Module, stored: dict[str, torch.Tensor], path: Path) -> None:
    """Fill `module` with what was read from an ONNX file; raises as `load_onnx_weights`."""
    state = module.state_dict()
    for name, value in state.items():
        if name.endswith(UNEXPORTED):
            continue
        if name not in stored or stored[name].shape != value.shape:
            raise TrainingError(f"{path} does not hold {name} of shape {tuple(value.shape)}: it is another network.")
        state[name] = stored[name]
    module.load_state_dict(state)


def onnx_weights(path: Path) -> dict[str, torch.Tensor]:
    """The parameters and statistics in an ONNX file, in float32, by their names in torch.

    Raises:
        TrainingError: there is no such file, or it is not ONNX.
    """
    try:
        model = onnx.load(path)
    except Exception as error:  # protobuf's are of no kind that is Python's
        raise TrainingError(f"{path} is not an ONNX file that can be read ({error}): give another.") from error
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return {name: torch.from_numpy(value.astype(np.float32)) for name, value in stored.items()}


def write_entry(manifest: Path, entry: dict[str, Any]) -> None:
    """Put `entry` into the manifest in place of the one of its name, with the digest of its file.

    A default entry takes that role from the task's other entries; one that takes a default's place keeps its role.
    """
    models = json.loads(manifest.read_text(encoding="utf-8"))["models"] if manifest.is_file() else []
    file = manifest.parent / entry["file"]
    was_default = any(model["name"] == entry["name"] and model.get("default") for model in models)
    entry = entry | {
        "default": entry.get("default", False) or was_default,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    others = [model for model in models if model["name"] != entry["name"]]
    for other in others:
        if entry["default"] and other["task"] == entry["task"]:
            other["default"] = False
    models = sorted([*others, entry], key=lambda model: (model["task"], model["name"]))
    text = json.dumps({"models": models}, indent=2, ensure_ascii=False) + "\n"
    with whole(manifest) as part:
        part.write_text(text, encoding="utf-8")


def _in_half(shape: Any) -> bool:
    """Whether a parameter is stored in half precision: the large ones; norms and biases keep all their digits."""
    return len(shape) > 1


def halve(graph: onnx.GraphProto) -> None:
    """Store the large weights as float16, each followed by a Cast that ONNX Runtime carries out once, at load."""
    large = [one for one in graph.initializer if one.data_type == TensorProto.FLOAT and _in_half(one.dims)]
    for tensor in large:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
    wide = {tensor.name: tensor.name + "/float32" for tensor in large}
    for node in graph.node:
        node.input[:] = [wide.get(name, name) for name in node.input]
    casts = [helper.make_node("Cast", [name], [cast], to=TensorProto.FLOAT) for name, cast in wide.items()]
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _compare(module: nn.Module, example: torch.Tensor, path: Path) -> None:
    with torch.inference_mode():
        expected = module(example)
    expected = [expected] if isinstance(expected, torch.Tensor) else list(expected)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for size in (len(example), 1):
        found = session.run(None, {session.get_inputs()[0].name: example[:size].numpy()})
        for ours, theirs in zip(found, expected, strict=True):
            wanted = theirs[:size].numpy()
            difference = float(np.abs(ours - wanted).max() / max(np.abs(wanted).max(), 1e-6))
            if difference > TOLERANCE:
                raise TrainingError(f"{path} differs from torch by {difference:.1e} of the largest output.")

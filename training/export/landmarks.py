"""Write a trained landmark network as ONNX, measure that file, and enter it into the manifest."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer

from models.files import whole
from models.landmarks import Landmarker, crop_around, face_box
from models.manifest import MANIFEST, ModelEntry, digest
from models.runtime import Network, preprocess
from training import checkpoint
from training.data.landmarks import picture, read_backgrounds, read_faces
from training.evaluate import landmarks as evaluation
from training.export.onnx import write_entry, write_onnx
from training.landmarks.train import LandmarkNet, input_of

DATA = (
    "hand-marked faces: YouTube Faces frames (Udacity's marks), AFLW and MTFL/CUHK, Helen, 100 of FaceSynthetics; "
    "CelebA crops with machine-made points; face-free places of detection pictures"
)
LICENSE = "non-commercial: trained on research data"


def export(
    source: Annotated[Path, typer.Argument(help="last.pt of training.landmarks")],
    data: Annotated[Path, typer.Option(help="landmarks.csv and images/, for the figures")] = Path("data/landmarks"),
    backgrounds: Annotated[Path, typer.Option(help="a detection set, for places without a face")] = Path(
        "data/detection"
    ),
    manifest: Annotated[Path, typer.Option(help="the file goes beside it")] = MANIFEST,
    recipe: Annotated[str, typer.Option(help="how it was trained, for the manifest")] = "",
    default: Annotated[bool, typer.Option(help="make it the task's default")] = True,
) -> None:
    """Write a landmark network's averaged weights as ONNX, compared with torch on real faces, and its manifest entry.

    The figures are those of the written file on the split `val`, the threshold that of
    `training.evaluate.landmarks.refusal`.
    """
    state = checkpoint.load(source)
    arch, size = state["config"]["arch"], state["config"]["size"]
    expected = input_of(size)
    net = LandmarkNet(arch, size)
    net.load_state_dict(state["ema"])
    faces = read_faces(data, "val")
    crops = [crop_around(picture(face.path), face_box(face.points), size)[0] for face in faces[::50]]
    name = f"{arch.replace('_', '')}-landmarks"
    path = manifest.parent / f"{name}.onnx"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        write_onnx(net, torch.from_numpy(preprocess(crops, expected)), part, ["points", "deviation"])
        landmarker = Landmarker(Network(ModelEntry(name, "landmarks", part, digest(part), expected)))
        metrics = evaluation.evaluate(data, landmarker)
        refusal = evaluation.refusal(landmarker, faces, read_backgrounds(backgrounds, "val", each=2))
    write_entry(
        manifest,
        {
            "name": name,
            "task": "landmarks",
            "file": path.name,
            "input": asdict(expected),
            "default": default,
            "threshold": refusal.pop("threshold"),
            "data": DATA,
            "recipe": recipe,
            "metrics": metrics | {"refusal": refusal},
            "license": LICENSE,
        },
    )

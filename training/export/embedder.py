"""Ship a trained embedder: ONNX, its threshold, its score set, its figures, its place in the manifest.

python -m training.export embedder runs/embedder/all/last.pt --name rexnet200-embedder
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from models.embedder import Embedder
from models.files import whole
from models.manifest import ModelEntry, digest
from models.runtime import Network
from models.scores import scores_path
from training import scores
from training.embedder.network import FaceNetwork, load_network
from training.evaluate import identification, pairs, threshold
from training.evaluate.faces import find_landmarker
from training.export.onnx import write_entry, write_onnx

DATA = (
    "41 % of CelebA's photos and 7,467 of other celebrities from public sets, 9,141 people for training; five points "
    "made by YuNet, then anew by resnet18-landmarks; people cleaned with the help of a third-party embedder, used for "
    "nothing else"
)


def main(
    checkpoint: Annotated[Path, typer.Argument(help="last.pt of training.embedder")],
    name: Annotated[str, typer.Option(help="name of the entry and of the file")],
    weights: Annotated[Path, typer.Option(help="folder of the shipped networks")] = Path("models/weights"),
    celeba: Annotated[
        Path,
        typer.Option(
            help="CelebA's layout: the threshold and the score set come from partition 1, figures are of partition 2"
        ),
    ] = Path("data/celeba"),
    lfw: Annotated[Path, typer.Option(help="LFW's pairs")] = Path("data/lfw"),
    points: Annotated[str | None, typer.Option(help=scores.POINTS)] = None,
    out: Annotated[Path | None, typer.Option(help="folder for the plots")] = None,
    by_size: Annotated[bool, typer.Option(help="also measure small faces, which takes minutes")] = True,
    recipe: Annotated[str, typer.Option(help="how it was trained, for the manifest")] = "",
    default: Annotated[bool, typer.Option(help="use it where no embedder is named")] = True,
) -> None:
    """Export the averaged weights, choose the threshold, measure, and write the score set and the manifest entry."""
    network = load_network(checkpoint)
    path = weights / f"{name}.onnx"
    weights.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        embedder, landmarker = exported(network, part, name), find_landmarker(points)
        chosen = threshold.evaluate(celeba, embedder, landmarker=landmarker)
        how: dict[str, Any] = {"landmarker": landmarker} | ({} if by_size else {"faces": ()})
        metrics = {
            "lfw": pairs.evaluate(lfw, embedder, out and out / "lfw", **how),
            "celeba_held_out": identification.evaluate(celeba, embedder, out and out / "celeba", **how),
        }
        typer.echo(metrics)
        strangers = scores.make(celeba, embedder, embedder.digest, landmarker)
    strangers.write(scores_path(path))
    write_entry(
        weights / "manifest.json",
        {
            "name": name,
            "task": "embedding",
            "file": path.name,
            "input": asdict(network.input),
            "default": default,
            "threshold": round(chosen.cosine, 3),
            "threshold_reason": threshold.reason(chosen),
            "data": DATA,
            "recipe": recipe,
            "aligned_by": points or "the data's points",
            "metrics": rounded(metrics),
            "license": "non-commercial research data; AGPL-3.0",
        },
    )


def exported(network: FaceNetwork, path: Path, name: str) -> Embedder:
    """Write a network as ONNX and open it as the product does, so that what is measured is what ships."""
    write_onnx(network, torch.randn(4, 3, network.size, network.size), path, ["embedding"])
    return Embedder(Network(ModelEntry(name, "embedding", path, digest(path), network.input)))


def rounded(figures: Any) -> Any:
    """Figures with four decimals, all the way down."""
    if isinstance(figures, dict):
        return {name: rounded(value) for name, value in figures.items()}
    return round(figures, 4) if isinstance(figures, float) else figures

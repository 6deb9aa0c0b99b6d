"""Compare losses on an equal budget: for each the same network, the same start, the same people, as many crops.

    python -m training.comparison --out runs/comparison --steps 1000

The set-up is reduced (few people of many crops, small pictures) so that CPUs get through it; its figures say which
loss learns fastest from little, not how good any of them becomes. Each training has its own folder in --out and goes
on from there when it was interrupted; other options need another --out. The figures are in table.md, and in
histograms.png how similar the held-out people's pictures are.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from training.data.pictures import Pictures
from training.embedder.network import load_network
from training.embedder.train import train
from training.errors import plain_errors
from training.evaluate import pairs, plots
from training.evaluate.faces import Embeds, aligned, embed
from training.evaluate.identification import read_held_out
from training.evaluate.rates import pair_scores, tpr_at
from training.export.embedder import exported

# The losses one after the other, with an equal share of the steps each.
RECIPES = (("ce",), ("triplet",), ("arcface",), ("ce", "arcface"))
TITLES = {"ce": "cross-entropy", "triplet": "batch-hard triplet", "arcface": "ArcFace"}
FPRS = (0.05, 0.01)

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a recipe came to.

    Attributes:
        lfw, lfw_std: ten-fold accuracy and its spread.
        genuine, impostor: cosines of the held-out people's pairs.
    """

    name: str
    lfw: float
    lfw_std: float
    genuine: Scores
    impostor: Scores

    def row(self) -> list[str]:
        """The columns of the table."""
        rates = tpr_at(self.genuine, self.impostor, FPRS)
        shares = [f"{rates.get(f'{fpr:g}', math.nan):.3f}" for fpr in FPRS]
        return [self.name, f"{100 * self.lfw:.1f} ± {100 * self.lfw_std:.1f}", *shares]


def train_recipe(recipe: tuple[str, ...], out: Path, steps: int, init: str | None, **options: Any) -> Path:
    """Train with one loss after the other, each from where the one before ended; gives the last checkpoint."""
    each = steps // len(recipe)
    for loss in recipe:
        folder = out / loss
        train(folder, loss=loss, init=init, steps=each, ramp=each // 2, **options)
        init = str(folder / "last.pt")
    return folder / "last.pt"


def measure(name: str, embedder: Embeds, lfw: Path, celeba: Path) -> Result:
    """LFW's accuracy, and the pairs of CelebA's held-out people."""
    verified = pairs.evaluate(lfw, embedder, faces=())
    held_out = read_held_out(celeba)
    crops = aligned(Pictures(celeba), [f"img_celeba/{file}" for file in held_out.files], held_out.points)
    genuine, impostor = pair_scores(embed(embedder, crops), held_out.people)
    return Result(name, verified["accuracy"], verified["accuracy_std"], genuine, impostor)


def table(results: list[Result]) -> str:
    """The figures as a table in Markdown."""
    head = ["loss", "LFW accuracy, %", *(f"held out: TPR at FPR {fpr:g}" for fpr in FPRS)]
    rows = [head, ["---"] * len(head), *(result.row() for result in results)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def compare(
    out: Annotated[Path, typer.Option(help="folder for all that it writes")] = Path("runs/comparison"),
    faces: Annotated[Path, typer.Option(help="folder of the packed crops")] = Path("data/faces"),
    lfw: Annotated[Path, typer.Option(help="LFW's pairs")] = Path("data/lfw"),
    celeba: Annotated[Path, typer.Option(help="CelebA's layout, for the held-out people")] = Path("data/celeba"),
    arch: Annotated[str, typer.Option(help="a timm architecture")] = "resnet18",
    size: Annotated[int, typer.Option(help="side of the input, pixels")] = 64,
    init: Annotated[str | None, typer.Option(help="the start of all: see training.embedder")] = None,
    least: Annotated[int, typer.Option(help="people with at least this many crops")] = 20,
    steps: Annotated[int, typer.Option(help="batches for each recipe")] = 1000,
    batch: int = 64,
    lr: float = 0.1,
    seed: int = 0,
    workers: Annotated[int, typer.Option(help="processes that make batches; 0: this one")] = 0,
    half: Annotated[bool | None, typer.Option(help="convolutions in bfloat16; by default on CUDA")] = None,
) -> None:
    """Train and measure each recipe in turn; the table and the histograms are written anew after each."""
    speed = {"workers": workers, "half": half}
    how = {"arch": arch, "size": size, "least": least, "batch": batch, "lr": lr, "seed": seed}
    told = ", ".join(f"{option} {value}" for option, value in how.items())
    budget = f"{steps * batch:,} crops each, from {init or 'random weights'}; {told}"
    results: list[Result] = []
    for recipe in RECIPES:
        folder = out / "-".join(recipe)
        network = load_network(train_recipe(recipe, folder, steps, init, faces=faces, **how, **speed))
        name = ", then ".join(TITLES[loss] for loss in recipe)
        results.append(measure(name, exported(network, folder / "network.onnx", name), lfw, celeba))
        (out / "table.md").write_text(f"{budget}\n\n{table(results)}", encoding="utf-8")
        cosines = {result.name: (result.genuine, result.impostor) for result in results}
        plots.write_histograms(out / "histograms.png", cosines)
    typer.echo((out / "table.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    with plain_errors():
        typer.run(compare)

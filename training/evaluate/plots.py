"""Pictures of a verification: ROC, DET, and how similar the same and different people are."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

Scores = NDArray[np.floating]


def write(folder: Path, genuine: Scores, impostor: Scores) -> None:
    """Write roc.png, det.png and histogram.png from the cosines of same and of different people."""
    folder.mkdir(parents=True, exist_ok=True)
    same = np.concatenate([np.ones(len(genuine)), np.zeros(len(impostor))])
    fpr, tpr, _ = roc_curve(same, np.concatenate([genuine, impostor]))
    shown = fpr > 0

    figure, axes = _axes("false-accept rate", "true-accept rate")
    axes.semilogx(fpr[shown], tpr[shown])
    axes.set_ylim(0, 1)
    figure.savefig(folder / "roc.png")

    figure, axes = _axes("false-accept rate", "false-reject rate")
    axes.loglog(fpr[shown], np.maximum(1 - tpr[shown], 1 / len(genuine)))
    figure.savefig(folder / "det.png")

    figure, axes = _axes("cosine similarity", "density")
    _histogram(axes, genuine, impostor)
    figure.savefig(folder / "histogram.png")


def write_histograms(path: Path, scores: dict[str, tuple[Scores, Scores]]) -> None:
    """Write one picture of several networks' cosines of same and of different people, one below the other."""
    figure = Figure(figsize=(6, 2.4 * len(scores)), dpi=120, layout="constrained")
    for axes, (name, (genuine, impostor)) in zip(
        figure.subplots(len(scores), sharex=True, squeeze=False)[:, 0], scores.items(), strict=True
    ):
        _histogram(axes, genuine, impostor)
        axes.set(title=name, ylabel="density")
        axes.grid(alpha=0.3)
    axes.set_xlabel("cosine similarity")
    figure.savefig(path)


def _histogram(axes: Axes, genuine: Scores, impostor: Scores) -> None:
    bins = np.linspace(-1, 1, 101).tolist()
    axes.hist(impostor, bins, density=True, alpha=0.6, label=f"different people ({len(impostor):,} pairs)")
    axes.hist(genuine, bins, density=True, alpha=0.6, label=f"the same person ({len(genuine):,} pairs)")
    axes.legend()


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    axes = figure.add_subplot(xlabel=x, ylabel=y)
    axes.grid(alpha=0.3)
    return figure, axes

"""A calibration as a picture; needs matplotlib."""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from db.text.wording import how_many
from stream.gallery.calibration.calibration import CalibrationReport


def plot(report: CalibrationReport) -> bytes:
    """A PNG: the rate by threshold with its 90 % band, and how the gallery's own pictures score."""
    figure = Figure(figsize=(6, 7), dpi=120, layout="constrained")
    rates, scores = figure.subplots(2, 1, sharex=True)
    _rates(rates, report)
    bins = np.linspace(-0.2, 1, 61).tolist()
    scores.hist(report.rival, bins, alpha=0.6, label="the most similar other person")
    scores.hist(report.own, bins, alpha=0.6, label="their own person, by the other pictures")
    scores.set(xlabel="cosine similarity", ylabel="enrolled pictures")
    for axes in (rates, scores):
        axes.axvline(report.calibration.threshold.value, color="black", linewidth=1, label="threshold")
        axes.grid(alpha=0.3)
        axes.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _rates(axes: Axes, report: CalibrationReport) -> None:
    rates = [choice.far for choice in report.choices]
    thresholds = [choice.threshold for choice in report.choices]
    axes.semilogy([one.value for one in thresholds], rates, marker="o", label="strangers named")
    axes.fill_betweenx(
        rates, [one.low for one in thresholds], [one.high for one in thresholds], alpha=0.3, label="90 % interval"
    )
    axes.set(ylabel="share of strangers' searches", title=how_many(report.calibration.people, "person", "people"))

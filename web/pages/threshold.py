"""From which similarity on a face gets a name: measured for a rate of false names, and put in force."""

import math
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from stream.gallery.calibration.calibration import CalibrationReport, Choice, put_in_force
from stream.gallery.calibration.report import percent, sentences
from web.access.login import needs
from web.parts import limiter, recognition

blueprint = Blueprint("threshold", __name__, url_prefix="/settings/threshold")

RARE = "10 per minute"
LOWEST, HIGHEST = 0.01, 50.0  # percent of strangers
WIDTH, HEIGHT = 640, 240  # of the curve, in its own units


@blueprint.post("")
@needs("manage")
@limiter.limit(RARE)
def measure() -> str:
    """The thresholds for rates of false names, as a curve and a table."""
    report = recognition().calibrate(_far(), datetime.now(UTC))
    return render_template(
        "threshold.html",
        sentences=sentences(report),
        rows=[_row(choice) for choice in report.choices],
        wanted=report.calibration.far,
        curve=_curve(report),
    )


@blueprint.post("/use")
@needs("manage")
@limiter.limit(RARE)
def use() -> Answer:
    """Put the threshold for a rate in force, for the gallery as it is now."""
    report = recognition().calibrate(_far(), datetime.now(UTC))
    put_in_force(recognition().recognizer.database, report.calibration)
    flash(f"The threshold for {percent(report.calibration.far)} is in force: {report.calibration.threshold.value:.3f}.")
    return redirect(url_for("settings.index"))


def _far() -> float:
    asked = request.form.get("percent", math.nan, float)
    if not LOWEST <= asked <= HIGHEST:
        abort(400, f"Give the share of strangers who may get a name in percent, from {LOWEST:g} to {HIGHEST:g}.")
    return asked / 100


def _row(choice: Choice) -> dict[str, object]:
    return {
        "percent": f"{100 * choice.far:g}",
        "far": choice.far,
        "rate": percent(choice.far),
        "threshold": f"{choice.threshold.value:.3f}",
        "interval": f"{choice.threshold.low:.3f} to {choice.threshold.high:.3f}",
        "named": "" if choice.named is None else percent(choice.named),
    }


def _curve(report: CalibrationReport) -> dict[str, object]:
    """The choices as a line: thresholds to the right, rates upwards, each step of ten as high as the next."""
    low = min(choice.threshold.low for choice in report.choices)
    high = max(choice.threshold.high for choice in report.choices)
    rates = [math.log10(choice.far) for choice in report.choices]

    def place(threshold: float, far: float) -> tuple[float, float]:
        x = WIDTH * (threshold - low) / max(high - low, 1e-9)
        y = HEIGHT * (max(rates) - math.log10(far)) / max(max(rates) - min(rates), 1e-9)
        return round(x, 1), round(y, 1)

    points = [place(choice.threshold.value, choice.far) for choice in report.choices]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "line": " ".join(f"{x},{y}" for x, y in points),
        "points": [
            {
                "x": x,
                "y": y,
                "low": place(one.threshold.low, one.far)[0],
                "high": place(one.threshold.high, one.far)[0],
                "rate": percent(one.far),
            }
            for (x, y), one in zip(points, report.choices, strict=True)
        ],
    }

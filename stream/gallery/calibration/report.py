"""What a calibration found, in words, as a table and as a picture."""

import json
from pathlib import Path

from rich.table import Table

from db.text.wording import how_many
from stream.files import write_whole
from stream.gallery.calibration.calibration import Calibration, CalibrationReport, Estimate

FEW = 10  # people below whom an interval is wide enough to be explained
SHOWN = 5  # pairs of people who look alike


def sentences(report: CalibrationReport) -> list[str]:
    """The threshold, how sure it is, and what to do about it."""
    found = report.calibration
    told = [
        f"Threshold {found.threshold.value:.3f} (90 % interval {_interval(found.threshold, 1, 3)}): the chance that a "
        f"stranger's track gets any name from {_people(found.people)} is then about {percent(found.far)} "
        f"({_interval(found.rate, 100, 1)} %)."
    ]
    if found.named:
        told.append(
            f"Of their own pictures, each searched for with itself left out, {percent(found.named.value)} "
            f"({_interval(found.named, 100, 0)} %) would be named."
        )
    if found.repeated < FEW:
        told.append(
            f"People with two pictures or more: {found.repeated}. So few tell little of how many would be named: enrol "
            "more pictures of each, and calibrate again."
        )
    if found.people < FEW:
        told.append(
            f"How alike people are on pictures like these is guessed from {found.people}: the interval is wide."
        )
    told += [
        f"{first} and {second} would be taken for each other ({score:.2f}): if they are one person, merge them with "
        "`doorman people merge`; if not, enrol better pictures of both."
        for first, second, score in report.alike[:SHOWN]
    ]
    return told


def table(report: CalibrationReport) -> Table:
    """Rates to choose from."""
    rows = Table("strangers named", "threshold", "90 % interval", "own pictures named")
    for choice in report.choices:
        mark = "[bold]" if choice.far == report.calibration.far else ""
        rows.add_row(
            mark + percent(choice.far),
            mark + f"{choice.threshold.value:.3f}",
            _interval(choice.threshold, 1, 3),
            "" if choice.named is None else percent(choice.named),
        )
    return rows


def write_report(report: CalibrationReport, folder: Path) -> bool:
    """Write calibration.json and, where matplotlib is installed, calibration.png; False where it is not.

    Raises:
        StreamError: they cannot be written.
    """
    write_whole(folder / "calibration.json", (json.dumps(report.as_dict(), indent=2) + "\n").encode())
    try:
        from stream.gallery.calibration.plot import plot  # matplotlib comes with the extra `eval`
    except ModuleNotFoundError:
        return False
    write_whole(folder / "calibration.png", plot(report))
    return True


def state(calibration: Calibration | None, people: int, pictures: int) -> str:
    """One line for `doctor`: for whom the threshold was calibrated."""
    if calibration is None:
        return "not calibrated for this embedder (`doorman calibrate`)"
    told = f"calibrated for {how_many(calibration.people, 'person', 'people')} on {calibration.date[:10]}"
    return told if calibration.fits(people, pictures) else f"{told}, outgrown: run `doorman calibrate` again"


def outgrown(calibration: Calibration | None, people: int, pictures: int) -> str | None:
    """A sentence for whoever watches with a calibration that does not fit the gallery any longer."""
    if calibration is None or not people or calibration.fits(people, pictures):
        return None
    before, now = (
        f"{how_many(of_people, 'person', 'people')} with {how_many(of_pictures, 'picture')}"
        for of_people, of_pictures in ((calibration.people, calibration.pictures), (people, pictures))
    )
    return f"How alike people are was calibrated for {before}, and there are {now} now: run `doorman calibrate` again."


def _people(count: int) -> str:
    return "the one person enrolled" if count == 1 else f"the {count} people enrolled"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def _interval(estimate: Estimate, scale: float, digits: int) -> str:
    return f"{scale * estimate.low:.{digits}f} to {scale * estimate.high:.{digits}f}"

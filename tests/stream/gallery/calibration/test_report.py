"""What is told of a calibration."""

import builtins
import json

import cv2
import pytest

from stream.gallery.calibration import report as calibration_report
from stream.gallery.calibration.calibration import Calibration, CalibrationReport, Choice, Estimate


def made(people=12, repeated=12, alike=()) -> CalibrationReport:
    threshold = Estimate(0.5, 0.45, 0.55)
    named = Estimate(0.8, 0.7, 0.9) if repeated else None
    calibration = Calibration(
        "a" * 64, "2026-01-01T12:00:00+00:00", 0.01, threshold,
        Estimate(0.01, 0.004, 0.021), named, people, 30, repeated, 100
    )  # fmt: skip
    choices = [Choice(0.1, Estimate(0.4, 0.36, 0.44), 0.9), Choice(0.01, threshold, named and 0.8)]
    return CalibrationReport(calibration, choices, list(alike), [0.6, 0.7], [0.1, 0.2])


def test_the_threshold_its_interval_and_the_named_are_told():
    first, second = calibration_report.sentences(made())
    assert "Threshold 0.500 (90 % interval 0.450 to 0.550)" in first
    assert "12 people enrolled is then about 1 % (0.4 to 2.1 %)" in first
    assert "80 % (70 to 90 %)" in second


def test_little_to_go_by_is_told():
    told = " ".join(calibration_report.sentences(made(people=3, repeated=0)))
    assert "two pictures or more: 0." in told
    assert "guessed from 3" in told


def test_who_looks_like_whom_is_told():
    told = calibration_report.sentences(made(alike=[("Ada", "Ada L", 0.91)]))[-1]
    assert told.startswith("Ada and Ada L would be taken for each other (0.91)")


def test_figures_and_a_plot_are_written(tmp_path):
    pytest.importorskip("matplotlib")
    assert calibration_report.write_report(made(), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "calibration.json").read_text())["calibration"]["threshold"]["value"] == 0.5
    assert cv2.imread(str(tmp_path / "out" / "calibration.png")) is not None


def test_without_matplotlib_there_is_no_plot(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments):
        if name == "stream.gallery.calibration.plot":
            raise ModuleNotFoundError(name="matplotlib")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    assert not calibration_report.write_report(made(), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["calibration.json"]


def test_a_line_says_for_whom_it_was_calibrated():
    found = made().calibration
    assert "not calibrated" in calibration_report.state(None, 3, 3)
    assert calibration_report.state(found, 12, found.pictures) == "calibrated for 12 people on 2026-01-01"
    assert "run `doorman calibrate` again" in calibration_report.state(found, 40, 40)


def test_whoever_watches_is_told_of_a_calibration_that_does_not_fit():
    found = made().calibration
    assert calibration_report.outgrown(found, 12, found.pictures) is None
    assert calibration_report.outgrown(None, 12, 12) is None
    assert "run `doorman calibrate` again" in calibration_report.outgrown(found, 200, 200)

"""What a run tells of itself."""

import csv

import cv2
import pytest

pytest.importorskip("matplotlib")

from training.run_log import go_on_from, note, plot


def test_every_row_is_one_more_line_below_the_names_of_the_columns(tmp_path):
    table = tmp_path / "run/log.csv"
    note(table, step=1, loss=0.5)
    note(table, step=2, loss=0.25)
    assert list(csv.reader(table.open())) == [["step", "loss"], ["1", "0.5"], ["2", "0.25"]]


def test_a_run_that_goes_on_notes_no_step_twice(tmp_path):
    table = tmp_path / "log.csv"
    for step in (1, 2, 3):
        note(table, step=step, loss=0.5)
    go_on_from(table, 1)
    note(table, step=2, loss=0.25)
    assert list(csv.reader(table.open())) == [["step", "loss"], ["1", "0.5"], ["2", "0.25"]]


def test_there_need_be_no_table_to_go_on_from(tmp_path):
    go_on_from(tmp_path / "log.csv", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_each_column_has_its_curve(tmp_path, rows):
    table = tmp_path / "log.csv"
    for step in range(rows):
        note(table, step=step, loss=1 / (1 + step), rate=0.1 if step % 2 else "")
    heights = []
    for columns in (["loss"], ["loss", "rate"]):
        plot(table, columns, window=50)
        heights.append(len(cv2.imread(str(tmp_path / "log.png"))))
    assert heights[1] == 2 * heights[0]

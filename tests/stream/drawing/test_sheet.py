"""Several pictures on one sheet."""

import cv2
import pytest

from models.images import to_jpeg
from stream.drawing.sheet import CELL, GAP, Captioned, lay_out, write_sheet
from tests.clips import grey, picture


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (4, 2, 2), (5, 2, 3), (9, 3, 3)])
def test_a_sheet_is_about_square(count, rows, columns):
    sheet = lay_out([picture(index, (20, 10)) for index in range(count)])
    assert sheet.shape == (rows * (10 + GAP) + GAP, columns * (20 + GAP) + GAP, 3)
    assert (sheet[GAP : GAP + 10, GAP : GAP + 20] == grey(0)).all()


def test_pictures_of_any_size_are_written_with_their_captions(tmp_path):
    seen = to_jpeg(picture(9, (40, 30)))
    assert write_sheet([Captioned(seen), Captioned(seen, "Ada")], tmp_path / "sheet.jpg")
    sheet = cv2.imread(str(tmp_path / "sheet.jpg"))
    assert sheet.shape == (CELL + 2 * GAP, 2 * CELL + 3 * GAP, 3)
    plain, captioned = sheet[GAP:-GAP, GAP : GAP + CELL], sheet[GAP:-GAP, -GAP - CELL : -GAP]
    assert abs(plain.astype(int) - captioned).max() > 100


def test_no_sheet_is_made_of_no_pictures(tmp_path):
    assert not write_sheet([], tmp_path / "sheet.jpg")
    assert not list(tmp_path.iterdir())

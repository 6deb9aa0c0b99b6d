import cv2

from stream.drawing.sheet import GAP
from stream.sinks.contact_sheet import CAPTION_HEIGHT, CELL_WIDTH, MOST_SHOTS, ContactSheet
from tests.clips import grey, make_faces, make_view, write_all


def test_a_contact_sheet_has_the_most_telling_picture_of_each_shot(tmp_path):
    views = [
        make_view(0, 0.0, shot=0),
        make_view(1, 0.1, shot=0, faces=make_faces(["Ann", None])),
        make_view(2, 0.2, shot=0, faces=make_faces(["Ann", None], similarity=0.6)),
        make_view(3, 0.3, shot=0, faces=make_faces([None, None, None])),
        make_view(4, 60.5, shot=1),
        make_view(5, 60.6, shot=1),
    ]
    write_all(ContactSheet(tmp_path / "sheet.png"), views)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    height = CELL_WIDTH * 48 // 64
    assert sheet.shape == (height + CAPTION_HEIGHT + 2 * GAP, 2 * CELL_WIDTH + 3 * GAP, 3)
    middle = GAP + height // 2
    assert sheet[middle, GAP + CELL_WIDTH // 2, 0] == grey(2)
    assert sheet[middle, 2 * GAP + CELL_WIDTH + CELL_WIDTH // 2, 0] == grey(4)


def test_a_contact_sheet_of_nothing_is_not_made(tmp_path):
    write_all(ContactSheet(tmp_path / "sheet.png"), [])
    assert list(tmp_path.iterdir()) == []


def test_a_contact_sheet_takes_the_first_shots_only(tmp_path):
    write_all(ContactSheet(tmp_path / "few.png"), [make_view(shot=shot) for shot in range(MOST_SHOTS)])
    write_all(ContactSheet(tmp_path / "many.png"), [make_view(shot=shot) for shot in range(MOST_SHOTS + 5)])
    assert (tmp_path / "few.png").read_bytes() == (tmp_path / "many.png").read_bytes()

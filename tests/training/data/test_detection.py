import cv2
import numpy as np
import pytest

from training.data.detection import check, counts, read_celeba_boxes, read_layout, read_wider, show, write_layout
from training.errors import TrainingError
from training.prepare import detection


def draw(path, width=100, height=50):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def wider(tmp_path):
    """One picture with two faces, one of them invalid; one without a face; one that is missing."""
    root = tmp_path / "wider"
    draw(root / "WIDER_train/images/0--Parade/two.jpg")
    draw(root / "WIDER_train/images/0--Parade/none.jpg")
    write(
        root / "wider_face_split/wider_face_train_bbx_gt.txt",
        "0--Parade/two.jpg\n2\n10 10 20 30 0 0 0 0 0 0\n50 10 20 30 0 0 0 1 0 0\n"
        "0--Parade/none.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"
        "0--Parade/gone.jpg\n1\n10 10 20 30 0 0 0 0 0 0\n",
    )
    return root


def test_wider_face_becomes_the_layout_without_its_invalid_faces(wider, tmp_path):
    problems = write_layout(read_wider(wider), tmp_path / "out")
    none, two = read_layout(tmp_path / "out", "train")
    assert (none.path.name, two.path.name) == ("wider_none.jpg", "wider_two.jpg")
    assert none.boxes.shape == (0, 4)
    np.testing.assert_allclose(two.boxes, [[0.1, 0.2, 0.3, 0.8]], atol=1e-5)
    assert len(problems) == 1
    assert "gone.jpg" in problems[0]


def test_celeba_is_split_by_its_partition_and_its_test_part_left_out(tmp_path):
    root = tmp_path / "celeba"
    for number in (1, 2, 3):
        draw(root / f"img_celeba/00000{number}.jpg")
    write(root / "list_eval_partition.txt", "000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n")
    rows = "".join(f"00000{number}.jpg  10 20  40 20\n" for number in (1, 2, 3))
    write(root / "list_bbox_celeba.txt", f"3\nimage_id x_1 y_1 width height\n{rows}")
    assert write_layout(read_celeba_boxes(root), tmp_path / "out") == []
    (train,), (val,) = read_layout(tmp_path / "out", "train"), read_layout(tmp_path / "out", "val")
    assert (train.path.name, val.path.name) == ("celeba_000001.jpg", "celeba_000002.jpg")
    np.testing.assert_allclose(train.boxes, [[0.1, 0.4, 0.5, 0.8]], atol=1e-5)


def test_boxes_are_clipped_to_the_picture_and_those_outside_are_reported(tmp_path):
    root = tmp_path / "wider"
    draw(root / "WIDER_val/images/a.jpg")
    write(
        root / "wider_face_val_bbx_gt.txt",
        "a.jpg\n3\n90 10 20 30 0 0 0 0 0 0\n200 10 20 30 0 0 0 0 0 0\n10 10 0 30 0 0 0 0 0 0\n",
    )
    problems = write_layout(read_wider(root), tmp_path / "out")
    (picture,) = read_layout(tmp_path / "out", "val")
    np.testing.assert_allclose(picture.boxes, [[0.9, 0.2, 1, 0.8]], atol=1e-5)
    assert len(problems) == 2


def test_a_broken_picture_and_a_box_without_extent_in_the_layout_are_reported(tmp_path):
    draw(tmp_path / "images/val/good.png")
    write(tmp_path / "images/val/broken.png", "no picture")
    write(tmp_path / "labels/val/good.txt", "0 0.5 0.5 0.2 0.2\n0 1.5 0.5 0.2 0.2\n")
    pictures = read_layout(tmp_path, "val")
    problems = check(pictures)
    assert len(problems) == 2
    assert counts(pictures) == "2 pictures (1 without a face), 2 faces"


def test_a_layout_with_a_broken_picture_is_gathered_all_the_same_and_the_picture_told(tmp_path, capsys):
    draw(tmp_path / "images/val/good.png")
    write(tmp_path / "images/val/broken.png", "no picture")
    write(tmp_path / "images/train/broken.png", "no picture")
    detection(out=tmp_path)
    problems = (tmp_path / "problems.txt").read_text().splitlines()
    assert sorted(problem.partition("broken.png")[0] for problem in problems) == sorted(
        f"{tmp_path}/images/{split}/" for split in ("train", "val")
    )
    assert cv2.imread(str(tmp_path / "val.png")).any()
    assert "2 problems" in capsys.readouterr().out


def test_a_label_file_of_another_kind_is_an_error_that_names_it(tmp_path):
    draw(tmp_path / "images/val/a.png")
    write(tmp_path / "labels/val/a.txt", "face 1 2\n")
    with pytest.raises(TrainingError, match=r"a\.txt"):
        read_layout(tmp_path, "val")


def test_a_folder_without_pictures_is_an_error_that_says_how_to_make_them(tmp_path):
    with pytest.raises(TrainingError, match="prepare"):
        read_layout(tmp_path, "val")


def test_missing_annotations_are_an_error(tmp_path):
    with pytest.raises(TrainingError, match="bbx_gt"):
        list(read_wider(tmp_path))
    with pytest.raises(TrainingError, match="list_eval_partition"):
        list(read_celeba_boxes(tmp_path))


def test_annotations_cut_off_in_the_middle_are_an_error(wider):
    listing = wider / "wider_face_split/wider_face_train_bbx_gt.txt"
    listing.write_text(listing.read_text()[:50])
    with pytest.raises(TrainingError, match=r"two\.jpg"):
        list(read_wider(wider))


def test_the_contact_sheet_shows_the_boxes(tmp_path):
    draw(tmp_path / "images/val/a.png", 200, 100)
    write(tmp_path / "labels/val/a.txt", "0 0.5 0.5 0.5 0.5\n")
    show(read_layout(tmp_path, "val"), tmp_path / "sheet.png")
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape == (240, 8 * 240, 3)
    assert (sheet[:120, :240] == (80, 200, 0)).all(axis=2).any()

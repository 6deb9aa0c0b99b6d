import csv

import cv2
import numpy as np
import pytest

from models.align import TEMPLATE
from models.landmarks import face_box
from training.data.landmarks import MIRRORED, jittered, machine_marked, read_backgrounds, read_faces, transformed
from training.errors import TrainingError


def rotated(degrees: float) -> np.ndarray:
    return transformed(cv2.getRotationMatrix2D((56, 70), degrees, 1.0), TEMPLATE).astype(np.float32)


def test_faces_of_one_split_are_read(tmp_path):
    with (tmp_path / "landmarks.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "split", "source", "width", "height", *"0123456789"])
        table.writerow(["a.webp", "train", "helen", 10, 10, *range(10)])
        table.writerow(["b.webp", "val", "helen", 10, 10, *range(10, 20)])
    [face] = read_faces(tmp_path, "val")
    assert (face.path, face.source) == (tmp_path / "images" / "b.webp", "helen")
    np.testing.assert_array_equal(face.points, np.arange(10, 20).reshape(5, 2))


@pytest.mark.parametrize(
    ("name", "source", "offset"),
    [
        ("mtcnn5pt_0002-image04733.webp", "mtcnn5pt", 1.4),
        ("mtcnn5pt_99_0_0.webp", "mtcnn5pt", 0.25),
        ("udacity_Ada_1.webp", "udacity", 1.1),
        ("helen348_1_0_0.webp", "helen348", 0.0),
    ],
)
def test_marks_are_put_back_by_the_offset_of_their_set(tmp_path, name, source, offset):
    (tmp_path / "landmarks.csv").write_text(f"file,split\n{name},val,{source},80,80,{','.join('0123456789')}\n")
    [face] = read_faces(tmp_path, "val")
    np.testing.assert_allclose(face.points + offset, np.arange(10).reshape(5, 2), atol=1e-6)
    assert face.offset == offset


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(TrainingError, match="There is no"):
        read_faces(tmp_path, "train")


def test_only_the_training_part_of_celeba_is_used(tmp_path):
    (tmp_path / "identity_CelebA.txt").write_text("a.jpg 1\nb.jpg 2\n")
    (tmp_path / "list_eval_partition.txt").write_text("a.jpg 2\nb.jpg 0\n")
    (tmp_path / "list_landmarks_celeba.txt").write_text(
        "2\nlefteye_x\na.jpg 1 1 2 1 1 2 1 3 2 3\nb.jpg 1 1 5 1 3 2 1 3 5 3\n"
    )
    assert [face.path.name for face in machine_marked(tmp_path)] == ["b.jpg"]
    (tmp_path / "own.txt").write_text("1\nlefteye_x\nb.jpg 9 1 5 1 3 2 1 3 5 3\n")
    assert [face.points[0, 0] for face in machine_marked(tmp_path, tmp_path / "own.txt")] == [9]


def test_backgrounds_touch_no_face(tmp_path):
    for folder in ("images", "labels"):
        (tmp_path / folder / "train").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images/train/a.png"), np.zeros((200, 300, 3), np.uint8))
    (tmp_path / "labels/train/a.txt").write_text("0 0.5 0.5 0.4 0.5\n")
    boxes = np.array([box for _, box in read_backgrounds(tmp_path, "train", each=200)])
    assert 0 < len(boxes) < 200
    x1, y1, x2, y2 = boxes.T
    assert ((x2 <= 90) | (x1 >= 210) | (y2 <= 50) | (y1 >= 150)).all()


def test_mirroring_twice_gives_the_points_back():
    np.testing.assert_array_equal(np.array(MIRRORED)[MIRRORED], range(5))
    width = TEMPLATE[0, 0] + TEMPLATE[1, 0]
    mirrored = (TEMPLATE * [-1, 1] + [width, 0])[MIRRORED]
    np.testing.assert_allclose(mirrored, TEMPLATE, atol=2)  # the mean face is nearly symmetrical


def test_the_box_of_a_face_holds_its_points_and_has_a_faces_shape():
    x1, y1, x2, y2 = face_box(TEMPLATE)
    assert x1 < TEMPLATE[:, 0].min() and x2 > TEMPLATE[:, 0].max()
    assert y1 < TEMPLATE[:, 1].min() and y2 > TEMPLATE[:, 1].max()
    assert (y2 - y1) / (x2 - x1) == pytest.approx(1.33, abs=0.02)


def test_the_box_of_a_face_lying_on_its_side_lies_too():
    x1, y1, x2, y2 = face_box(rotated(90))
    assert (x2 - x1) / (y2 - y1) == pytest.approx(1.33, abs=0.02)


def test_the_box_of_a_turned_face_reaches_behind_the_nose():
    turned = TEMPLATE + np.array([[0, 0], [0, 0], [8, 0], [0, 0], [0, 0]], np.float32)
    assert face_box(turned)[[0, 2]].mean() < face_box(TEMPLATE)[[0, 2]].mean() - 5


def test_jitter_moves_a_box_by_a_detectors_errors():
    rng = np.random.default_rng(0)
    boxes = np.array([jittered(np.array([0, 0, 100, 100], np.float32), rng) for _ in range(2000)])
    centres, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    np.testing.assert_allclose(centres.std(axis=0), 7, rtol=0.1)
    np.testing.assert_allclose(np.log(sizes.prod(axis=1) / 1e4).std() / 2, 0.13, rtol=0.1)

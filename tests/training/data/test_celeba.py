"""The official lists, in both of their forms, and what is left out of training."""

import numpy as np
import pytest

from training.data.celeba import TRAIN, read_celeba, require_apart
from training.errors import TrainingError

FRONTAL = "30 40 70 40 50 60 35 80 65 80"
PROFILE = "30 40 70 40 75 60 35 80 65 80"  # the nose stands right of both eyes


def write(root, rows, header=False):
    """rows: (file, person, partition, points)."""
    (root / "identity_CelebA.txt").write_text("".join(f"{file} {person}\n" for file, person, _, _ in rows))
    (root / "list_eval_partition.txt").write_text("".join(f"{file} {part}\n" for file, _, part, _ in rows))
    points = "".join(f"{file} {five}\n" for file, _, _, five in rows)
    names = "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y"
    top = f"{len(rows)}\n{names}\n" if header else ""
    (root / "list_landmarks_celeba.txt").write_text(top + points.replace(" ", "  "))


@pytest.mark.parametrize("header", [False, True])
def test_lists_with_and_without_a_header_are_read(tmp_path, header):
    write(tmp_path, [("000001.jpg", 7, 0, FRONTAL), ("000002.jpg", 9, 2, FRONTAL)], header)
    celeba = read_celeba(tmp_path)
    assert celeba.files.tolist() == ["000001.jpg", "000002.jpg"]
    assert celeba.people.tolist() == [7, 9]
    assert celeba.points[0].tolist() == [[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]]
    assert celeba.counts() == "2 people, 2 pictures"


def test_faces_whose_nose_is_not_between_the_eyes_are_left_out(tmp_path):
    write(tmp_path, [("a.jpg", 1, 0, FRONTAL), ("b.jpg", 1, 0, PROFILE)])
    assert read_celeba(tmp_path).with_nose_between_eyes().files.tolist() == ["a.jpg"]


def test_people_of_too_few_pictures_are_left_out(tmp_path):
    write(tmp_path, [("a.jpg", 1, 0, FRONTAL), ("b.jpg", 1, 0, FRONTAL), ("c.jpg", 2, 0, FRONTAL)])
    assert read_celeba(tmp_path).with_people_of(2).files.tolist() == ["a.jpg", "b.jpg"]


def test_pictures_that_a_list_lacks_are_left_out(tmp_path):
    write(tmp_path, [("a.jpg", 1, 0, FRONTAL), ("b.jpg", 1, 0, FRONTAL)])
    (tmp_path / "identity_CelebA.txt").write_text("a.jpg 1\n")
    assert read_celeba(tmp_path).files.tolist() == ["a.jpg"]


def test_people_are_held_out_of_the_test_partition_the_same_every_time(tmp_path):
    rows = [(f"{person}_{i}.jpg", person, 2 if person > 5 else 0, FRONTAL) for person in range(30) for i in range(3)]
    write(tmp_path, rows)
    celeba = read_celeba(tmp_path)
    held_out = celeba.held_out(10)
    assert len(held_out) == 10
    assert held_out.min() > 5
    np.testing.assert_array_equal(held_out, celeba.held_out(10))
    assert len(celeba.held_out(100)) == 24
    assert not set(held_out) & set(celeba.part(TRAIN).people)


@pytest.mark.parametrize("partitions", [(0, 1), (0, 2), (1, 2)])
def test_a_person_in_two_partitions_is_an_error(tmp_path, partitions):
    write(tmp_path, [(f"{part}.jpg", 1, part, FRONTAL) for part in partitions])
    with pytest.raises(TrainingError, match="1 people stand in two partitions, such as number 1"):
        read_celeba(tmp_path)


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"identity_CelebA\.txt is missing"):
        read_celeba(tmp_path)


def test_a_line_of_another_width_is_shown(tmp_path):
    write(tmp_path, [("a.jpg", 1, 0, FRONTAL)])
    (tmp_path / "list_landmarks_celeba.txt").write_text("a.jpg 1 2 3\n")
    with pytest.raises(TrainingError, match="a line of 4 instead of 11 columns"):
        read_celeba(tmp_path)


def test_people_who_are_apart_raise_nothing():
    require_apart(np.array([1, 2]), np.array([3]))


def test_nobody_of_the_given_data_is_trained_and_tested_on(shared):
    celeba = read_celeba(shared / "data" / "celeba")
    trained, tested = (set(celeba.part(number).people) for number in (0, 2))
    assert (len(celeba), len(tested)) == (90722, 100)
    assert not trained & tested

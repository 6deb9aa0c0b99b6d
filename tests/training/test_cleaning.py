"""Wrong labels among right ones are found, written and applied."""

import numpy as np
import pytest

pytest.importorskip("torch")  # training.embedder.faces needs it
from training.cleaning import DROPPED, Labels, cleaned, doubles, doubtful, resembling, write
from training.data.celeba import CelebA
from training.errors import TrainingError

pytestmark = pytest.mark.training


def crowd(people=60, pictures=8, noise=0.6):
    random = np.random.default_rng(0)
    centres = random.normal(size=(people, 64))
    vectors = np.repeat(centres, pictures, 0) + noise * random.normal(size=(people * pictures, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.repeat(np.arange(people) * 10, pictures)


def lists(people, partition=0):
    count = len(people)
    files = np.array([f"{row:04}.jpg" for row in range(count)])
    return CelebA(files, people, np.zeros((count, 5, 2), np.float32), np.full(count, partition))


def test_crops_of_somebody_else_are_doubted_and_the_others_are_not():
    vectors, people = crowd()
    people[[5, 100, 300]] = [310, 20, 0]  # each under somebody else's number
    rows, scores = doubtful(Labels.of(vectors, people), strangers=0.05)
    assert set(rows[:3]) == {5, 100, 300}
    assert len(rows) <= 4
    assert (np.diff(scores) >= 0).all()


def test_nothing_is_said_of_people_of_few_crops():
    vectors, people = crowd(pictures=3)
    vectors[5] *= -1
    assert len(doubtful(Labels.of(vectors, people))[0]) == 0


def test_one_person_under_two_numbers_is_found_and_the_smaller_part_goes_into_the_larger():
    vectors, people = crowd(pictures=10)
    people[33:40] = 7  # seven crops of number 30, who keeps three
    people[20:24] = 5  # four of number 20, who keeps six
    found = doubles(Labels.of(vectors, people), 0.25)
    assert {(small, large) for small, large, _ in found} == {(30, 7), (5, 20)}


def test_only_crops_that_look_like_somebody_else_may_be_of_that_person():
    vectors, people = crowd()
    people[[0, 8, 16]] = [1001, 1002, 1003]
    vectors[16] = np.eye(64, dtype=np.float32)[0]  # like nobody
    rows, cosines = resembling(Labels.of(vectors, people))
    assert set(rows) == {0, 8} and (cosines >= 0.7).all()


def test_the_halves_of_a_person_are_alike():
    vectors, people = crowd()
    halves = Labels.of(vectors, people).halves(np.random.default_rng(0))
    assert halves.min() > 0.7


def test_a_list_is_written_and_applied(tmp_path):
    original = lists(crowd(people=10)[1])
    write(tmp_path / "runs" / "clean.csv", original, np.array([4, 70]), np.array([0.1, 0.2]), [(30, 50, 0.9)])
    found = cleaned(original, tmp_path / "runs" / "clean.csv")
    assert len(found) == len(original)
    assert np.flatnonzero(found.partition == DROPPED).tolist() == [4, 70]
    assert (found.people == 50).sum() == 16
    assert 30 not in found.people
    assert len(found.part(0)) == 78


def test_a_list_that_would_change_an_evaluation_is_refused(tmp_path):
    for line in ("drop,0003.jpg,,0.1", "merge,10,20,0.9"):
        (tmp_path / "clean.csv").write_text(f"action,what,into,score\n{line}\n")
        with pytest.raises(TrainingError, match="not for training"):
            cleaned(lists(crowd()[1], partition=2), tmp_path / "clean.csv")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "action,what,into,score\nmerge,x,y,0\n"])
def test_a_file_of_another_kind_is_told(tmp_path, text):
    (tmp_path / "clean.csv").write_text(text)
    if text:
        with pytest.raises(TrainingError, match="no list of training"):
            cleaned(lists(crowd()[1]), tmp_path / "clean.csv")
    with pytest.raises(TrainingError, match="no list of training"):
        cleaned(lists(crowd()[1]), tmp_path / "missing.csv")

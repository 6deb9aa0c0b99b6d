"""What is said of one picture's faces."""

from pathlib import Path

import numpy as np
import pytest

from db import Match, Person
from models.analysis import Face
from stream.errors import StreamError
from stream.files import names_of
from stream.gallery.identify import Identified, save_crops
from stream.gallery.identity import UNKNOWN
from tests.people import at

BOX, CROP = np.array([1, 2, 30, 40], np.float32), np.zeros((112, 112, 3), np.uint8)
FACE = Face(BOX, 0.9, None, CROP, None, 0.5, None)


def test_each_similarity_says_what_it_means():
    ada = Match(Person(1, "Ada", at(0), 2), 0.71239)
    told = Identified(FACE, [ada], UNKNOWN).as_dict(threshold=0.5)
    assert told["matches"] == [{"name": "Ada", "similarity": 0.7124, "meaning": "the same person, clearly"}]


def test_faces_of_pictures_of_the_same_name_are_all_kept(tmp_path):
    pictures = [Path("a/1.jpg"), Path("a/1.png"), Path("b/1.jpg")]
    for name in names_of(pictures).values():
        save_crops(tmp_path, name, [FACE, FACE])
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.jpg")}
    assert kept == {f"{name}-{number}.jpg" for name in ("a/1.jpg", "a/1.png", "b/1") for number in (1, 2)}


def test_no_face_takes_the_place_of_a_picture_that_is_read(tmp_path):
    pictures = [tmp_path / "party.jpg", tmp_path / "party-1.jpg"]
    for picture in pictures:
        picture.write_bytes(b"a picture")
    with pytest.raises(StreamError, match=r"party-1\.jpg is read"):
        save_crops(tmp_path, "party", [FACE], pictures)
    assert pictures[1].read_bytes() == b"a picture"


def test_faces_of_one_picture_are_named_after_it_alone(tmp_path):
    assert names_of([tmp_path / "a" / "party.jpg"]) == {tmp_path / "a" / "party.jpg": "party"}

"""Doorman as a library, as the README shows it."""

import numpy as np
import pytest
import supervision as sv

from models.images import to_jpeg
from stream import Recognizer
from stream.cli.demo import CLIP, NAME, cut_out

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def portrait(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "portrait.jpg"
    path.write_bytes(to_jpeg(cut_out(CLIP)))
    return path


@pytest.fixture(scope="module")
def recognizer(portrait):
    with Recognizer.open("sqlite://") as opened:
        assert opened.enroll(NAME, [portrait])[0].refused is None
        yield opened


def test_views_of_a_stream_hold_supervisions_detections(recognizer, capsys):
    view = next(recognizer.watch(str(CLIP), lookahead=0))
    assert isinstance(view.faces, sv.Detections)
    assert set(view.faces.data) >= {"landmarks", "name", "state", "similarity", "refused"}
    assert sv.BoxAnnotator().annotate(view.frame.image.copy(), view.faces).shape == view.frame.image.shape
    assert capsys.readouterr() == ("", "")


def test_one_picture_is_looked_at_likewise(recognizer):
    faces = recognizer.look(cut_out(CLIP))
    assert faces.data["name"].tolist() == [NAME]
    assert faces.data["similarity"][0] > 0.9


def test_a_picture_as_a_source_needs_one_look_only(recognizer, portrait):
    views = list(recognizer.watch(str(portrait)))
    assert [view.faces.data["name"].tolist() for view in views] == [[NAME]]
    assert [seen.person for seen in recognizer.database.sightings(camera="portrait")] == [NAME]


def test_identify_tells_the_nearest_people_of_every_face(recognizer):
    found = recognizer.identify(cut_out(CLIP))
    assert [match.person.name for match in found[0].matches] == [NAME]
    assert found[0].face.crop.shape == (112, 112, 3)


@pytest.mark.parametrize("size", [(1, 1), (40, 2000), (2000, 40), (64, 64)])
def test_a_picture_without_faces_gives_none(recognizer, size):
    assert len(recognizer.look(np.full((*size, 3), 127, np.uint8))) == 0


def test_two_hundred_faces_in_a_picture_are_all_looked_at(recognizer):
    face = cut_out(CLIP)[10:130, 150:270]
    crowd = np.tile(face, (10, 20, 1))
    assert len(recognizer.look(crowd)) >= 100

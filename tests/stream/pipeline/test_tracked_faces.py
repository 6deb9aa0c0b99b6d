"""Tracks as supervision's Detections."""

import numpy as np
import supervision as sv

from db import Person
from stream.gallery.identity import UNKNOWN, Identity
from stream.pipeline.tracked_faces import tracked_faces
from stream.pipeline.workers import Look
from tests.fakes import make_face, unit
from tracker import Track

ADA = Identity("named", Person(1, "Ada", None, 3), 0.7)


def track(number: int, x: float = 0.0) -> Track:
    return Track(number, np.array([x, 10, x + 40, 60], np.float32), 0.9, 0.0, 0.0, 3)


def test_every_track_carries_what_is_known_of_it():
    faces = tracked_faces([(track(4), ADA), (track(9, 100), UNKNOWN)], [Look(4, 0.0, make_face(unit(1)))])
    assert faces.tracker_id.tolist() == [4, 9]
    assert faces.data["name"].tolist() == ["Ada", None]
    assert faces.data["state"].tolist() == ["named", "unknown"]
    np.testing.assert_allclose(faces.data["similarity"], [0.7, np.nan], rtol=1e-6)
    np.testing.assert_array_equal(np.isnan(faces.data["landmarks"]).all(axis=(1, 2)), [False, True])


def test_nobody_is_an_empty_detections():
    assert len(tracked_faces([], [])) == 0


def test_supervisions_annotators_zones_and_filters_take_them():
    faces = tracked_faces([(track(4), ADA), (track(9, 100), UNKNOWN)], [])
    scene = np.zeros((90, 160, 3), np.uint8)
    for annotator in (sv.BoxAnnotator(), sv.LabelAnnotator(), sv.DotAnnotator()):
        assert annotator.annotate(scene.copy(), faces).any()
    assert sv.PolygonZone(np.array([[0, 0], [80, 0], [80, 90], [0, 90]])).trigger(faces).tolist() == [True, False]
    assert faces[faces.data["state"] == "named"].tracker_id.tolist() == [4]

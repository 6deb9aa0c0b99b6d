"""Faces that fill the picture, as webcams and enrolment have them: found, enrolled, and followed like any other."""

from contextlib import closing
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from models.detector import open_detector
from models.search.pictures import PictureSearch
from stream import Recognizer
from stream.cli.demo import CLIP
from stream.pipeline.schedule import LIVE
from stream.sources.source import open_source
from tracker.association import iou

pytestmark = pytest.mark.end_to_end

FACES = {  # by frame of the demo clip: a large one, with nobody near
    90: (162, 68, 249, 159),
    120: (196, 39, 286, 137),
    150: (206, 30, 297, 125),
    180: (196, 34, 292, 141),
    240: (43, 56, 119, 133),
}
AROUND = {"tight": 0.05, "close": 0.2, "head": 0.4}  # what is cut out beyond the face, over its sides
SIDE = 700  # pixels: the longer one of a portrait


@pytest.fixture(scope="module")
def frames():
    with closing(open_source(str(CLIP))) as source:
        return [frame.image for frame in islice(source, 1 + max(FACES))]


def portraits(frames, around, blur):
    """Each of the faces with its box: cut out, enlarged to a portrait, softened by `blur` pixels."""
    for number, sides in FACES.items():
        box = np.array(sides, float)
        margin = around * (box[2:] - box[:2])
        corner = np.floor(np.maximum(0, box[:2] - margin)).astype(int)
        end = np.ceil(box[2:] + margin).astype(int)
        part = frames[number][corner[1] : end[1], corner[0] : end[0]]
        scale = SIDE / max(part.shape[:2])
        image = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        image = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
        yield np.asarray(image, np.uint8), (box - np.tile(corner, 2)) * scale


@pytest.mark.parametrize("blur", [0, 5])
@pytest.mark.parametrize("around", AROUND)
def test_faces_cut_out_enlarged_and_softened_are_found(frames, around, blur):
    detector = open_detector()
    for image, box in portraits(frames, AROUND[around], blur):
        found = PictureSearch(detector).find(image)
        assert len(found), "no face"
        assert iou(found.xyxy[:1].astype(float), box[None])[0, 0] >= 0.5
        areas = np.prod(found.xyxy[:, 2:] - found.xyxy[:, :2], axis=1)
        assert (areas[1:] < areas[0] / 4).all(), "a second face, which enrolment would refuse"


def test_small_faces_of_a_large_picture_are_found_in_tiles(frames):
    half = [cv2.resize(frames[number], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for number in FACES]
    height, width = half[0].shape[:2]
    crowd = np.vstack([np.hstack([half[(row + column) % len(half)] for column in range(10)]) for row in range(10)])
    faces = np.array(
        [
            np.array(list(FACES.values())[(row + column) % len(half)]) / 2 + np.tile([column * width, row * height], 2)
            for row in range(10)
            for column in range(10)
        ]
    )
    detector = open_detector()
    found = {}
    for tiles in ("off", "auto"):
        boxes = PictureSearch(detector, tiles=tiles).find(np.asarray(crowd, np.uint8)).xyxy.astype(float)
        found[tiles] = int((iou(faces, boxes).max(axis=1, initial=0) >= 0.5).sum())
    assert found["auto"] >= 90
    assert found["auto"] > found["off"]


@pytest.fixture(scope="module")
def near(frames, tmp_path_factory) -> Path:
    """A webcam's picture: a face of the clip, 60 % of the picture's height."""
    path = tmp_path_factory.mktemp("near") / "webcam.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for image in frames[90:190]:
            part = cv2.resize(image[10:176, 90:385], (1280, 720), interpolation=cv2.INTER_CUBIC)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(part, np.uint8), format="bgr24")))
        file.mux(stream.encode(None))
    return path


def test_a_face_near_the_camera_is_followed_like_any_other(near):
    with Recognizer.open("sqlite://") as recognizer:
        views = list(recognizer.watch(str(near), schedule=LIVE))
    shown = [view.faces for view in views if len(view.faces)]
    assert len(shown) >= 0.95 * len(views), f"in {len(shown)} of {len(views)} frames"
    assert len({one for faces in shown for one in faces.tracker_id.tolist()}) == 1
    heights = [faces.xyxy[0, 3] - faces.xyxy[0, 1] for faces in shown]
    assert np.median(heights) > 0.5 * 720

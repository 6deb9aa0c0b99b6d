"""Where faces were between two scans of a recording, as the second one tells."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import cv2
import numpy as np
import supervision as sv

from stream.frame import Frame, View
from stream.gallery.identity import Rule
from stream.pipeline.lookahead import LookAhead
from stream.pipeline.schedule import RECORDED
from stream.pipeline.zones import WHOLE_PICTURE, Area
from tests.fakes import boxes, make_face, unit
from tests.stream.pipeline.scenes import FPS, make_pipeline
from tracker import Tracker
from tracker.association import iou

SIDE = 60
KNOWN = unit(1, 0)


def texture(seed: int, width: int, height: int) -> np.ndarray:
    """Soft spots."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)


FACE, OTHER_FACE = (texture(seed, SIDE, SIDE) for seed in (1, 4))
SCENERY, OTHER = (texture(seed, 640, 360) for seed in (2, 3))


def picture(box: np.ndarray, scenery: np.ndarray = SCENERY, face: np.ndarray = FACE) -> np.ndarray:
    """A face before a scenery."""
    image = scenery.copy()
    x, y = box[:2].astype(int)
    image[y : y + SIDE, x : x + SIDE] = face
    return image


def place(index: int, speed: float = 3.0) -> np.ndarray:
    """Where the face is in a frame: it goes to the right."""
    return np.array([100 + speed * index, 120, 100 + speed * index + SIDE, 120 + SIDE])


def shown(
    images: Iterable[np.ndarray],
    see: Callable[[int], sv.Detections],
    area: Area = WHOLE_PICTURE,
    is_cut: Callable[[np.ndarray], bool] = lambda image: False,
    lookahead: float = 2.0,
    embedding: np.ndarray = KNOWN,
) -> list[View]:
    """The views of a recording in which every tenth frame is scanned."""
    pipeline = make_pipeline(
        lambda frame: see(frame.index),
        lambda track: make_face(embedding, box=track.box),
        is_cut,
        schedule=RECORDED,
        area=area,
        hindsight=True,
        bystanders=Tracker(),
        rule=Rule(threshold=0.5),
    )
    ahead, views = LookAhead(lookahead), list[View]()
    for index, image in enumerate(images):
        views += ahead.push(pipeline.step(Frame(image, index, index / FPS, "door")))
    return [*views, *ahead.flush()]


def overlap(view: View, box: np.ndarray) -> float:
    return float(iou(view.faces.xyxy.astype(np.float64), box[None]).max(initial=0.0))


def test_boxes_between_two_scans_lie_where_the_face_was():
    places = [place(index) for index in range(31)]
    views = shown(map(picture, places), lambda index: boxes(places[index]))
    assert [view.frame.index for view in views if view.detected] == [0, 10, 20, 30]
    assert min(overlap(*pair) for pair in zip(views, places, strict=True)) > 0.9


def test_what_cannot_be_seen_to_move_goes_from_where_it_was_found_to_where_it_is_found_next():
    grey = np.full((360, 640, 3), 90, np.uint8)
    views = shown([grey] * 21, lambda index: boxes(place(index, speed=1.0)))
    left = [float(view.faces.xyxy[0, 0]) for view in views]
    assert all(before < after for before, after in pairwise(left))
    assert min(overlap(view, place(view.frame.index, speed=1.0)) for view in views) > 0.85


def test_a_face_that_appears_between_two_scans_is_shown_with_its_name_from_its_first_frame_on():
    places = [place(index) for index in range(31)]
    images = [picture(box) if index >= 4 else SCENERY for index, box in enumerate(places)]
    views = shown(images, lambda index: boxes(places[index]) if index >= 4 else boxes())
    assert [len(view.faces) for view in views] == [0] * 4 + [1] * 27
    assert min(overlap(*pair) for pair in zip(views[4:], places[4:], strict=True)) > 0.8
    assert {view.faces.data["name"][0] for view in views[4:]} == {"Ada"}
    assert {int(view.faces.tracker_id[0]) for view in views[4:]} == {1}
    assert np.isnan(views[5].faces.data["landmarks"]).all()  # nobody looked there


def test_a_face_that_goes_between_two_scans_is_not_shown_any_more():
    places = [place(index) for index in range(31)]
    images = [picture(box) if index <= 23 else OTHER for index, box in enumerate(places)]
    views = shown(images, lambda index: boxes(places[index]) if index <= 23 else boxes())
    assert [len(view.faces) for view in views] == [1] * 24 + [0] * 7
    assert not any(len(view.unseen) for view in views)


def test_a_stranger_who_may_have_gone_is_hidden_until_a_scan_tells():
    images = [picture(place(index)) if index <= 23 else OTHER for index in range(31)]
    views = shown(images, lambda index: boxes(place(index)) if index <= 23 else boxes(), embedding=unit(0, 1))
    assert [len(view.unseen) for view in views] == [0] * 24 + [1] * 7


def test_where_somebody_else_may_have_stepped_in_the_face_is_not_led_from_one_to_the_other():
    stepped = [box if index <= 15 else box + [25, 0, 25, 0] for index, box in enumerate(map(place, range(31)))]
    images = [picture(box, face=FACE if index <= 15 else OTHER_FACE) for index, box in enumerate(stepped)]
    views = shown(images, lambda index: boxes(stepped[index]))
    assert min(overlap(*pair) for pair in zip(views[:16], stepped, strict=False)) > 0.85
    assert [len(view.faces) for view in views] == [1] * 16 + [0] * 4 + [1] * 11
    assert all(len(view.unseen) for view in views[16:20])


def test_a_face_that_one_scan_misses_is_shown_all_the_same():
    places = [place(index) for index in range(41)]
    views = shown(map(picture, places), lambda index: boxes() if index == 20 else boxes(places[index]))
    assert [len(view.faces) for view in views] == [1] * 41
    assert min(overlap(*pair) for pair in zip(views, places, strict=True)) > 0.8


def test_a_face_that_is_there_after_a_cut_is_not_shown_before_it():
    images = [SCENERY] * 15 + [picture(place(0), OTHER)] * 16
    cuts = iter([index == 15 for index in range(31)])
    views = shown(images, lambda index: boxes(place(0)) if index >= 15 else boxes(), is_cut=lambda _: next(cuts))
    assert [view.detected for view in views[14:17]] == [False, True, False]
    assert [len(view.faces) for view in views] == [0] * 15 + [1] * 16
    assert not any(len(view.unseen) for view in views)


def test_a_face_is_not_shown_on_its_way_from_one_shot_to_the_next():
    images = [picture(place(0))] * 15 + [picture(place(60), OTHER)] * 16
    cuts = iter([index == 15 for index in range(31)])
    views = shown(images, lambda index: boxes(place(0 if index < 15 else 60)), is_cut=lambda _: next(cuts))
    assert min(overlap(view, place(0)) for view in views[:15]) > 0.9
    assert min(overlap(view, place(60)) for view in views[15:]) > 0.9


def test_strangers_are_hidden_from_where_they_may_have_come_even_if_nobody_saw_them_come():
    images = [SCENERY] * 8 + [picture(place(0))] * 13
    views = shown(images, lambda index: boxes(place(0)) if index >= 8 else boxes(), embedding=unit(0, 1))
    assert [len(view.faces) for view in views] == [0] * 8 + [1] * 13
    assert [len(view.unseen) for view in views[1:8]] == [1] * 7


def test_faces_that_do_not_count_are_hidden_from_their_first_frame_on():
    nowhere = Area(zones=(((0.9, 0.9), (1, 0.9), (1, 1)),))
    places = [place(index) for index in range(21)]
    images = [picture(box) if index >= 4 else SCENERY for index, box in enumerate(places)]
    views = shown(images, lambda index: boxes(places[index]) if index >= 4 else boxes(), nowhere)
    assert not any(len(view.faces) for view in views)
    hidden = [
        iou(view.unseen.astype(np.float64), box[None]).max()
        for view, box in zip(views, places, strict=True)
        if view.frame.index >= 4
    ]
    assert min(hidden) > 0.8


def test_views_that_have_left_already_stay_as_they_were():
    places = [place(index) for index in range(21)]
    images = [picture(box) if index >= 4 else SCENERY for index, box in enumerate(places)]
    views = shown(images, lambda index: boxes(places[index]) if index >= 4 else boxes(), lookahead=0.1)
    assert [len(view.faces) for view in views][:8] == [0] * 6 + [1, 1]

"""Where faces have gone, seen in made-up pictures whose movement is known."""

import cv2
import numpy as np
import pytest

from stream.frame import Frame
from stream.motion.flow import FLOOR, Flow, shift_of
from tracker import Tracker

FPS = 30.0
BOX = np.array([300.0, 150.0, 364.0, 230.0])
CENTRE = (332.0, 190.0)


def texture(seed: int = 0, size: tuple[int, int] = (640, 360)) -> np.ndarray:
    """A grey picture of soft spots."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)


def moved(picture: np.ndarray, shift=(0.0, 0.0), growth: float = 1.0) -> np.ndarray:
    """The picture with all in it moved, and grown about the centre of BOX."""
    matrix = cv2.getRotationMatrix2D(CENTRE, 0, growth)
    matrix[:, 2] += shift
    return cv2.warpAffine(picture, matrix, picture.shape[::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (2.5, -1.25), (12.0, 9.0), (-20.0, 0.0)])
@pytest.mark.parametrize("growth", [1.0, 1.04, 0.96])
def test_shift_and_growth_are_seen(shift, growth):
    before = texture()
    seen = shift_of(before, moved(before, shift, growth), BOX)
    np.testing.assert_allclose(seen.shift, shift, atol=0.5)
    assert seen.growth == pytest.approx(growth, abs=0.01)
    assert FLOOR <= seen.noise < FLOOR + 0.01


@pytest.mark.parametrize("size", [10.0, 40.0, 200.0])
def test_near_and_far_faces_are_seen_alike(size):
    before = cv2.resize(texture(), None, fx=size / 40, fy=size / 40)
    box = np.array([100.0, 60.0, 140.0, 100.0]) * size / 40
    matrix = np.array([[1, 0, size / 10], [0, 1, -size / 20]])
    seen = shift_of(before, cv2.warpAffine(before, matrix, before.shape[::-1]), box)
    np.testing.assert_allclose(seen.shift / size, (0.1, -0.05), atol=0.01)


def test_a_background_that_moves_otherwise_does_not_carry_the_face_away():
    face, background = texture(1), texture(2)
    inside = np.zeros_like(face)
    cv2.ellipse(inside, (332, 190), (46, 58), 0, 0, 360, 255, -1)
    before = np.where(inside > 0, face, background)
    after = np.where(moved(inside, (3, 2)) > 0, moved(face, (3, 2)), moved(background, (-6, 0)))
    np.testing.assert_allclose(shift_of(before, after, BOX).shift, (3, 2), atol=0.7)


def test_points_that_disagree_are_told_as_noise():
    rng = np.random.default_rng(0)
    before = texture()
    columns, rows = np.meshgrid(np.arange(640, dtype=np.float32), np.arange(360, dtype=np.float32))
    wobble = [cv2.resize(rng.normal(0, 6, (36, 64)).astype(np.float32), (640, 360)) for _ in range(2)]
    seen = shift_of(before, cv2.remap(before, columns + wobble[0], rows + wobble[1], cv2.INTER_LINEAR), BOX)
    assert seen.noise > FLOOR + 0.005


@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_is_told_where_another_picture_follows(seed):
    assert shift_of(texture(), texture(seed), BOX) is None


def test_nothing_is_told_where_there_is_nothing_to_follow():
    plain = np.full((360, 640), 90, np.uint8)
    assert shift_of(plain, plain, BOX) is None


@pytest.mark.parametrize("box", [(-40, 150, 24, 230), (600, 320, 690, 400), (700, 400, 760, 460), (5, 5, 5, 5)])
def test_boxes_at_the_edge_and_beyond_it_do_no_harm(box):
    before = texture()
    seen = shift_of(before, moved(before, (2, 1)), np.array(box, np.float32))
    assert seen is None or np.abs(seen.shift - (2, 1)).max() < 1


def clip(count: int, speed: float = 6.0, size: tuple[int, int] = (640, 360)) -> list[Frame]:
    """Frames in which everything moves to the right by so many pixels each."""
    still = texture(size=size)
    pictures = [np.roll(still, round(speed * index), axis=1) for index in range(count)]
    return [
        Frame(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), index, index / FPS, "door") for index, grey in enumerate(pictures)
    ]


def test_a_track_follows_its_face_without_another_detection():
    tracker, flow = Tracker(), Flow()
    for frame in clip(10):
        flow.carry(frame, tracker)
        if frame.index == 0:
            tracker.update([BOX], [0.9], frame.t)
    np.testing.assert_allclose(tracker.at(9 / FPS)[0].box[::2], BOX[::2] + 54, atol=3)


def test_large_pictures_are_followed_in_their_own_pixels():
    tracker, flow = Tracker(), Flow()
    for frame in clip(3, size=(1920, 1080)):
        flow.carry(frame, tracker)
        if frame.index == 0:
            tracker.update([BOX], [0.9], frame.t)
    np.testing.assert_allclose(tracker.at(2 / FPS)[0].box[::2], BOX[::2] + 12, atol=1.5)


@pytest.mark.parametrize("size", [(3000, 3), (2, 2000)])
def test_a_picture_as_thin_as_a_line_does_no_harm(size):
    tracker, flow = Tracker(), Flow()
    for index in range(2):
        flow.carry(Frame(np.zeros((size[1], size[0], 3), np.uint8), index, index / FPS, "door"), tracker)
    assert flow.changed(0.0) == 0


def test_a_track_that_was_missed_is_not_carried_along():
    tracker, flow = Tracker(confirm=1), Flow()
    for frame in clip(4):
        flow.carry(frame, tracker)
        if frame.index < 2:
            tracker.update([BOX][frame.index :], [0.9][frame.index :], frame.t)
    before = tracker.at(1 / FPS)[0].box
    np.testing.assert_allclose(tracker.at(3 / FPS)[0].box - before, 2 * (before - BOX), atol=1)


def test_a_track_begun_by_a_late_detection_catches_up():
    tracker, flow = Tracker(), Flow()
    frames = clip(10)
    for frame in frames:
        flow.carry(frame, tracker)
    tracker.update([BOX], [0.9], frames[2].t)
    assert tracker.at(9 / FPS)[0].box[0] == pytest.approx(BOX[0])
    flow.catch_up(tracker, frames[2].t)
    np.testing.assert_allclose(tracker.at(9 / FPS)[0].box[::2], BOX[::2] + 42, atol=3)


def test_there_is_nothing_to_catch_up_with_before_the_first_picture():
    tracker = Tracker()
    tracker.update([BOX], [0.9], 0.0)
    Flow().catch_up(tracker, 0.0)
    np.testing.assert_allclose(tracker.at(0.0)[0].box, BOX)


def test_after_a_cut_the_last_picture_counts_for_nothing():
    tracker, flow = Tracker(), Flow()
    first, second = clip(2)
    flow.carry(first, tracker)
    tracker.update([BOX], [0.9], first.t)
    flow.forget()
    flow.carry(second, tracker)
    np.testing.assert_allclose(tracker.at(second.t)[0].box, BOX)


def test_only_the_latest_pictures_are_kept():
    flow = Flow()
    for frame in clip(70, size=(64, 36)):
        flow.carry(frame, Tracker())
    assert len(flow._pictures) == 64


def seen(*greys: np.ndarray) -> Flow:
    flow = Flow()
    for index, grey in enumerate(greys):
        flow.carry(Frame(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), index, index / FPS, "door"), Tracker())
    return flow


def test_what_has_changed_is_counted_by_parts_of_the_picture():
    before = texture()
    after = before.copy()
    after[100:140, 200:260] = 255 - after[100:140, 200:260] // 2  # 4 by 6 parts
    flow = seen(before, before, after)
    assert 15 <= flow.changed(0.0) <= 30
    assert flow.changed(2 / FPS) == 0
    assert flow.changed(5.0) == 64 * 36  # never seen


def test_what_changes_where_known_faces_are_does_not_count():
    before = texture()
    after = before.copy()
    after[100:140, 200:260] = 255 - after[100:140, 200:260] // 2
    after[300:320, 500:520] = 255 - after[300:320, 500:520] // 2
    flow = seen(before, after)
    known = np.array([[195.0, 95.0, 265.0, 145.0], [-50.0, 330.0, 900.0, 500.0]])
    assert 2 <= flow.changed(0.0, known) <= 4
    assert flow.changed(0.0, known) < flow.changed(0.0)


def test_noise_and_the_light_change_nothing():
    before = (texture() * 0.7).astype(np.uint8)
    noise = np.random.default_rng(3).normal(0, 4, before.shape)
    assert seen(before, np.clip(before + 20 + noise, 0, 255).astype(np.uint8)).changed(0.0) == 0

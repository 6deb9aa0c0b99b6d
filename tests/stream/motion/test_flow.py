"""Where faces have gone, seen in made-up pictures whose movement is known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from stream.frame import Frame
from stream.motion.flow import Flow
from tests.stream.motion.scenes import BOX, texture
from tracker import Tracker

FPS = 30.0


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


def test_two_pictures_of_the_same_moment_do_no_harm():
    """A system's clock may be as coarse as a picture lasts."""
    tracker, flow = Tracker(), Flow()
    for frame in clip(4):
        flow.carry(replace(frame, t=frame.index // 2 / FPS), tracker)
        if frame.index == 0:
            tracker.update([BOX], [0.9], frame.t)
    np.testing.assert_allclose(tracker.at(1 / FPS)[0].box[::2], BOX[::2] + 6, atol=1.5)


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

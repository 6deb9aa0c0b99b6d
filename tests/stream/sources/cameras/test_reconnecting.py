"""A camera that is lost, or gives what cannot be used, is connected to anew."""

import threading

import av
import cv2
import pytest

from stream.errors import CameraError, DeniedError, SourceError
from stream.sources.cameras.camera import Camera, wait_before
from stream.sources.cameras.state import State
from stream.sources.decoding import LazyPicture
from tests.cameras import SOON, Connections, FakeCapture, camera, held_back
from tests.clips import order, picture
from tests.waiting import wait_for


def test_a_lost_camera_is_reached_again_and_goes_on_counting(clock):
    first, second = FakeCapture(picture(0)), FakeCapture(picture(1), None)
    source = camera(clock, CameraError("No answer."), first, CameraError("No answer."), second)
    states = []
    source._sleep = lambda seconds: (states.append((source.state, source.problem, seconds)), clock.sleep(seconds))
    frames = list(source)
    assert frames[-1].index == 1
    assert source.reconnects == 1  # the first time was no second time
    assert frames[-1].t == 4.0  # it was away for 1 s at first, then for 1 s and 2 s
    assert first.closed
    assert second.closed
    assert [state for state, *_ in states] == [State.RECONNECTING] * 3
    assert [problem for _, problem, _ in states] == [
        "No answer. Trying again in 1 s.",
        "The camera is lost. Trying again in 1 s.",  # it had given a picture: from the start
        "No answer. Trying again in 2 s.",
    ]
    assert source.problem is None


def test_a_camera_that_is_closed_while_it_is_away_is_not_tried_again_and_says_so(clock):
    source = camera(clock, CameraError("No answer."))
    source._sleep = lambda _: (threading.Thread(target=source.close).start(), source._closed.wait(SOON))
    assert list(source) == []
    assert source.state is State.ENDED
    assert source.problem == "No answer."


def test_a_camera_that_stays_away_is_told_of_ever_more_seldom(clock, caplog):
    source = camera(clock, *[CameraError("No answer.")] * 20, FakeCapture(None))
    assert list(source) == []
    told = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 5  # the 1st, 2nd, 4th, 8th and 16th time


def test_waiting_grows_to_half_a_minute_and_stays_there():
    assert [wait_before(attempt, chance=1.0) for attempt in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert [wait_before(attempt, chance=0.0) for attempt in range(7)] == [1, 1, 2, 4, 8, 15, 15]
    assert wait_before(10**6, chance=0.5) == 22.5


def test_refused_credentials_are_a_failure_that_is_tried_twice_a_minute(clock):
    source = camera(
        clock, DeniedError("Wrong password."), DeniedError("Wrong password."), FakeCapture(picture(0), None)
    )
    waits = []
    source._sleep = lambda seconds: (waits.append((source.state, seconds)), clock.sleep(seconds))
    assert order(list(source)) == [0]
    assert waits == [(State.FAILED, 30.0), (State.FAILED, 30.0)]


@pytest.mark.parametrize("odd", [cv2.error("-215"), av.error.InvalidDataError(1, "no"), ZeroDivisionError("a bug")])
def test_whatever_odd_a_capture_raises_the_camera_is_lost_and_reached_again(clock, odd):
    source = camera(clock, FakeCapture(odd), odd, FakeCapture(picture(0), None))
    problems = []
    source._sleep = lambda _: problems.append(source.problem)
    assert order(list(source)) == [0]
    assert len(problems) == 2
    assert problems[0].startswith("door gives what cannot be used (")


def test_a_recording_that_is_played_ends_there_instead(clock):
    source = Camera("clip", Connections(FakeCapture(ValueError("odd"))), recorded=True, clock=clock)
    with pytest.raises(SourceError, match=r"clip gives what cannot be used \(ValueError\)"):
        list(source)


SPOILT = LazyPicture(lambda: picture(1 // 0))


@pytest.mark.parametrize("unseen", [0, 20], ids=["made at once", "made by who takes it"])
def test_a_camera_whose_picture_cannot_be_made_is_connected_to_anew(clock, unseen):
    step = threading.Semaphore(0)
    first = FakeCapture(*[picture(0)] * unseen, SPOILT, held_back(step, 2))
    source = camera(clock, first, FakeCapture(picture(3), None))
    problems = []
    source._sleep = lambda _: problems.append(source.problem)
    source._begin()
    wait_for(lambda: problems or (unseen and source.dropped == unseen))
    assert not unseen or source.read(SOON) is None
    step.release()
    assert order(list(source))[-1] == 3
    assert problems == ["door gives what cannot be used (ZeroDivisionError). Trying again in 1 s."]


def test_a_camera_whose_pictures_cannot_be_used_is_connected_to_anew(clock):
    step = threading.Semaphore(0)
    source = camera(clock, FakeCapture(picture(0), held_back(step, 1)), FakeCapture(picture(2), None))
    problems = []
    source._sleep = lambda _: problems.append(source.problem)
    assert source.read(SOON).index == 0
    source.reconnect("Its picture is odd.")
    step.release()
    assert order(list(source))[-1] == 2
    assert problems == ["Its picture is odd. Trying again in 1 s."]

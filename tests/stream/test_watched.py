"""How a source is watched, if nobody says otherwise."""

from types import SimpleNamespace

import pytest

from stream.watched import schedule_for


@pytest.mark.parametrize(
    ("fps", "wanted", "frames"),
    [(None, None, 3), (60.0, None, 3), (25.0, None, 3), (10.0, None, 2), (5.0, None, 1), (0.5, None, 1), (1.0, 7, 7)],
)
def test_a_recording_of_few_frames_a_second_is_searched_more_often(fps, wanted, frames):
    assert schedule_for(SimpleNamespace(live=False, fps=fps), wanted).detect_every == frames


def test_a_camera_is_searched_as_often_as_can_be():
    assert schedule_for(SimpleNamespace(live=True, fps=1.0)).detect_every == 1
    assert schedule_for(SimpleNamespace(live=True, fps=30.0)).detect_every == 1

"""How a source is watched, if nobody says otherwise."""

import pickle
from types import SimpleNamespace

import pytest

from stream.errors import StreamError
from stream.settings.cameras import CameraSettings
from stream.watching.feed import Feed, open_feeds, schedule_for
from tests.clips import make_clip


@pytest.mark.parametrize(
    ("fps", "wanted", "ahead", "blindly"),
    [
        (None, None, 3, 3),
        (60.0, None, 10, 3),
        (25.0, None, 8, 3),
        (10.0, None, 3, 2),
        (5.0, None, 2, 1),
        (0.5, None, 1, 1),
        (1.0, 7, 7, 7),
    ],
)
def test_a_recording_of_few_frames_a_second_is_searched_more_often_and_so_is_one_without_hindsight(
    fps, wanted, ahead, blindly
):
    source = SimpleNamespace(live=False, fps=fps)
    assert schedule_for(source, wanted).detect_every == ahead
    assert schedule_for(source, wanted, ahead=False).detect_every == blindly


def test_a_camera_is_searched_as_often_as_can_be():
    assert schedule_for(SimpleNamespace(live=True, fps=1.0)).detect_every == 1
    assert schedule_for(SimpleNamespace(live=True, fps=30.0)).detect_every == 1


def test_settings_reach_the_feed(tmp_path):
    clip = str(make_clip(tmp_path / "clip.mp4"))
    zone = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    recorded, live = (
        open_feeds([CameraSettings(source=clip, name="x", detect_every=7, zones=(zone,), realtime=realtime)])[0]
        for realtime in (False, True)
    )
    assert (recorded.source.live, live.source.live) == (False, True)
    assert recorded.timing.detect_every == live.timing.detect_every == 7
    assert recorded.area.zones == (zone,)


def test_settings_travel_to_another_process(tmp_path):
    settings = CameraSettings(
        source=str(make_clip(tmp_path / "clip.mp4")), name="door", zones=(((0, 0), (1, 0), (1, 1)),)
    )
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert Feed.open(pickle.loads(pickle.dumps(settings))).name == "door"


def test_recordings_and_pictures_are_searched_in_tiles_where_that_is_wished_and_cameras_are_not(tmp_path):
    clip = str(make_clip(tmp_path / "clip.mp4"))
    wished = {None: None, "auto": "auto", "off": "off", "3": 3}
    assert {text: open_feeds([CameraSettings(source=clip, tiles=text)])[0].tiles for text in wished} == wished
    assert open_feeds([CameraSettings(source=clip, realtime=True, tiles="off")])
    with pytest.raises(StreamError, match="clip is a camera, which is not searched in tiles: leave --tiles out"):
        open_feeds([CameraSettings(source=clip, realtime=True, tiles="3")])

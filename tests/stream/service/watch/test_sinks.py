"""Where the views of a watch go."""

import json
import urllib.request
from contextlib import ExitStack, nullcontext
from pathlib import Path

import av
import pytest

from stream.errors import StreamError
from stream.monitoring.metrics_sink import MetricsSink
from stream.service.watch.sinks import sinks_for
from stream.sinks.sink import Enough
from stream.sources.source import open_source
from tests.clips import make_clip, make_view
from tests.fakes import showing
from tests.ports import held_port


@pytest.fixture
def sources(tmp_path):
    return [open_source(f"{name}={make_clip(tmp_path / 'clip.mp4')}") for name in ("door", "back yard")]


def views(*cameras: str):
    for index in range(6):
        for camera in cameras:
            yield make_view(index, index / 25, camera=camera)


def frames_in(video: Path) -> int:
    with av.open(video) as file:
        return sum(1 for _ in file.decode(video=0))


def sinks(sources, videos: dict[str, Path] | None = None, log: Path | None = None):
    return sinks_for(sources, videos or {}, False, log, Path(), None)


def test_each_source_has_its_own_video(sources, tmp_path):
    door, yard = tmp_path / "door.mp4", tmp_path / "yard.mp4"
    showing(views("door", "back yard", "door")).run(sinks(sources, {"door": door, "back yard": yard}))
    assert (frames_in(door), frames_in(yard)) == (12, 6)


def test_a_source_that_gave_nothing_leaves_no_video(sources, tmp_path):
    showing(views("door")).run(sinks(sources, {"door": tmp_path / "a.mp4", "back yard": tmp_path / "b.mp4"}))
    assert not list(tmp_path.glob("b.mp4*"))


def test_all_sources_have_one_log(sources, tmp_path):
    showing(views("door", "back yard")).run(sinks(sources, log=tmp_path / "log.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["camera"] for line in lines[:2]] == ["door", "back yard"]
    assert len(lines) == 12


def test_what_begins_without_a_camera_waits_for_cameras_and_has_their_log(tmp_path):
    with ExitStack() as stack:
        for sink in sinks([], log=tmp_path / "log.jsonl"):
            stack.enter_context(sink)
        assert (tmp_path / "log.jsonl").exists()  # it can be read while it grows


@pytest.mark.parametrize("given", [0, 1])
def test_to_end_it_is_a_problem_only_while_no_source_has_given_a_picture(given):
    def until_the_user_quits():
        yield from [make_view()] * given
        raise Enough

    with pytest.raises(StreamError, match="before any camera") if given == 0 else nullcontext():
        showing(until_the_user_quits()).run()


def test_metrics_are_served_while_it_runs(sources):
    def ask(port: int, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.read().decode()

    with held_port() as port, MetricsSink(sources, port, queues={"webhook": ["an event"]}) as metrics:
        for view in views("door", "back yard"):
            metrics.note(view)
        assert 'doorman_frames_shown_total{camera="back yard"} 6.0' in ask(port, "/metrics")
        assert 'doorman_events_waiting{sink="webhook"} 1.0' in ask(port, "/metrics")
        assert json.loads(ask(port, "/healthz"))["cameras"].keys() == {"door", "back yard"}

"""The main job on a real clip: a man is enrolled from one picture and named where he is seen, nobody else is."""

import json
from collections import defaultdict
from pathlib import Path

import av
import pytest

from models.images import to_jpeg
from stream import Recognizer
from stream.cli.demo import CLIP, NAME, cut_out
from tests.programs import command

pytestmark = pytest.mark.end_to_end

ON_STAGE, PIANIST, CLOSE, AUDIENCE = range(4)  # the clip's shots


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """The folder that one run of the commands fills."""
    folder = tmp_path_factory.mktemp("clip")
    (folder / f"{NAME}.jpg").write_bytes(to_jpeg(cut_out(CLIP)))
    db = ["--db", str(folder / "people.db")]
    assert command("enroll", str(folder / f"{NAME}.jpg"), *db) == 0
    outputs = [
        "--out",
        str(folder / "out.mp4"),
        "--log",
        str(folder / "log.jsonl"),
        "--events",
        str(folder / "events.jsonl"),
        "--snapshots",
        str(folder / "faces"),
    ]
    assert command("watch", str(CLIP), *outputs, *db) == 0
    return folder


@pytest.fixture(scope="module")
def log(results) -> list[dict]:
    return [json.loads(line) for line in (results / "log.jsonl").read_text().splitlines()]


def shot(line: dict) -> int:
    """Which shot a logged frame belongs to."""
    return sum(line["frame"] >= first for first in (20, 82, 211))


def names(log: list[dict], of: int) -> set[str | None]:
    return {face["name"] for line in log if shot(line) == of for face in line["faces"]}


def test_every_frame_is_logged_with_its_time(log):
    assert [line["frame"] for line in log] == list(range(275))
    assert log[-1]["t"] == pytest.approx(274 / 29.97, abs=0.01)


def test_the_enrolled_man_is_named_where_he_faces_the_camera(log):
    assert NAME in names(log, CLOSE)


def test_nobody_else_gets_his_name(log):
    assert names(log, AUDIENCE) == {None}
    assert names(log, PIANIST) <= {None}
    for line in log:
        assert sum(face["name"] == NAME for face in line["faces"]) <= 1, line["frame"]


def test_a_name_labels_its_track_from_the_first_frame_on(log):
    labels = defaultdict(list)
    for line in log:
        for face in line["faces"]:
            labels[face["track"]].append(face["name"])
    named = [track for track in labels.values() if NAME in track]
    assert named
    assert all(track[0] == NAME for track in named)


def test_the_audience_is_found(log):
    most = max(len(line["faces"]) for line in log if shot(line) == AUDIENCE)
    assert most >= 3


def test_the_labelled_video_is_h264_with_every_frame(results):
    with av.open(results / "out.mp4") as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in video.decode(video=0)) == 275


def test_who_was_seen_is_logged_with_a_snapshot(results):
    with Recognizer.open(results / "people.db") as recognizer:
        seen = [sighting for sighting in recognizer.database.sightings() if sighting.person == NAME]
    assert seen
    assert all(Path(sighting.snapshot or "").is_file() for sighting in seen)
    assert all(sighting.camera == "hamilton" for sighting in seen)


def test_each_track_enters_may_be_named_and_leaves_and_is_told_in_this_order(results):
    lines = (results / "events.jsonl").read_text("utf-8").splitlines()
    told = defaultdict(list)
    for event in map(json.loads, lines):
        told[event["track"]].append(event)
    for events in told.values():
        first, *middle, last = [event["event"] for event in events]
        assert (first, set(middle) | {"named"}, last) == ("entered", {"named"}, "left")
    assert any(event["name"] == NAME for events in told.values() for event in events if event["event"] == "named")
    with Recognizer.open(results / "people.db") as recognizer:
        kept, sightings = recognizer.database.events(), recognizer.database.sightings(name=NAME)
    assert len(kept) == len(lines)
    assert {event.sighting for event in kept if event.name == NAME} == {sighting.id for sighting in sightings}


def test_the_same_clip_gives_the_same_result_again(results, tmp_path, log):
    again = tmp_path / "again.jsonl"
    arguments = ["watch", str(CLIP), "--log", str(again), "--db", str(results / "people.db"), "--max-seconds", "2"]
    assert command(*arguments) == 0
    lines = [json.loads(line) for line in again.read_text().splitlines()]
    assert len(lines) == 60
    assert lines[:50] == log[:50]  # what the last frames show depends on the search that follows

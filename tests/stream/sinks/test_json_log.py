"""The log of frames: one line of JSON each."""

import io
import json
import sys

import pytest

from stream.errors import StreamError
from stream.sinks.json_log import JsonLog, log_entry
from tests.clips import make_faces, make_view, write_all
from tests.stream.sinks.writing import no_room_beyond, write_and_interrupt


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_log_has_one_object_per_frame_and_nothing_else(tmp_path):
    path = tmp_path / "log.jsonl"
    write_all(JsonLog(path), [make_view(0, 0.0, faces=make_faces(["Zoë 🙂", None])), make_view(1, 1 / 30)])
    first, second = lines(path)
    assert first == {
        "frame": 0,
        "t": 0.0,
        "camera": "door",
        "detected": True,
        "faces": [
            {
                "track": 1,
                "box": [0.0, 5.0, 8.0, 15.12],
                "score": 0.9,
                "landmarks": [[7.5, 7.5]] * 5,
                "name": "Zoë 🙂",
                "state": "named",
                "similarity": 0.5,
                "refused": None,
            },
            {
                "track": 2,
                "box": [10.0, 5.0, 18.0, 15.12],
                "score": 0.9,
                "landmarks": None,
                "name": None,
                "state": "unknown",
                "similarity": None,
                "refused": "too small",
            },
        ],
    }
    assert second == {"frame": 1, "t": 0.033333, "camera": "door", "detected": True, "faces": []}


def test_a_cameras_frames_have_an_age():
    assert log_entry(make_view(arrived=12.0), now=12.05)["age"] == 0.05
    assert "age" not in log_entry(make_view(), now=12.05)


def test_a_recordings_log_appears_when_the_run_ends_also_by_an_interrupt(tmp_path):
    path = tmp_path / "log.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_and_interrupt(JsonLog(path), [make_view()], path)
    assert len(lines(path)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_recordings_log_is_not_lost_to_another_of_its_name(tmp_path):
    path = tmp_path / "log.jsonl"
    with JsonLog(path) as log:
        with pytest.raises(StreamError, match=r"log\.jsonl is being written already"), JsonLog(path):
            pass
        log.note(make_view(7))
    assert [line["frame"] for line in lines(path)] == [7]


def test_a_cameras_log_grows_where_it_is_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "log.jsonl"
    for run in range(2):
        with JsonLog(path, live=True, clock=lambda: 2.0) as log:
            for index in range(2):
                log.note(make_view(index, arrived=1.5))
                assert len(lines(path)) == 2 * run + index + 1
    assert lines(path)[0]["age"] == 0.5


@pytest.mark.parametrize("live", [False, True])
def test_a_full_disk_leaves_whole_lines(tmp_path, live):
    path = tmp_path / "log.jsonl"
    with no_room_beyond(1000), pytest.raises(StreamError, match="make room"):
        write_all(JsonLog(path, live), map(make_view, range(100)))
    assert [line["frame"] for line in lines(path)] == list(range(len(lines(path))))
    assert len(lines(path)) > 5


def test_the_log_may_be_standard_output(capsysbinary):
    write_all(JsonLog("-"), [make_view()])
    assert json.loads(capsysbinary.readouterr().out)["frame"] == 0


def test_standard_output_that_nobody_reads_any_more_is_an_error(monkeypatch):
    class Closed(io.BytesIO):
        def write(self, data):
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", type("Output", (), {"buffer": Closed()}))
    with pytest.raises(StreamError, match=r"Standard output cannot be written .*: see why nobody reads it any more"):
        write_all(JsonLog("-"), [make_view()])


def test_a_camera_name_that_is_no_text_stays_valid_json(tmp_path):
    write_all(JsonLog(tmp_path / "log"), [make_view(camera="caf\udce9")])
    assert lines(tmp_path / "log")[0]["camera"] == "caf\udce9"

"""Events reach all that the options of `watch` name."""

import json
from dataclasses import replace

import pytest

from db import DatabaseError
from stream.errors import StreamError
from stream.events import webhook
from stream.events.event import Event
from stream.events.sinks import event_sinks, forget_events_of
from stream.json_lines import JsonLines
from tests.people import at
from tests.stream.sinks.test_sink import no_room_beyond

EVENT = Event(at(0), "door", "named", track=1, sighting=2, name="Zoë", similarity=0.5)


def test_nothing_is_told_where_nothing_is_asked_for(tmp_path):
    with event_sinks(None, None, None, tmp_path / "queue") as tell:
        tell(EVENT)
    assert not (tmp_path / "queue").exists()


def test_a_file_gets_a_line_at_once_and_those_before_stay(tmp_path):
    path = tmp_path / "new" / "events.jsonl"
    for count in (1, 2):
        with event_sinks(path, None, None, tmp_path) as tell:
            tell(EVENT)
            assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [EVENT.as_dict()] * count


def test_a_full_disk_leaves_the_lines_of_others_who_append_to_the_file(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, growing=True) as ours:
        with JsonLines(path, growing=True) as theirs:
            theirs.add({"who": "they"})
        with no_room_beyond(40), pytest.raises(StreamError, match="make room"):
            ours.add({"who": "we" * 40})
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"who": "they"}]


def test_a_file_that_was_moved_away_meanwhile_is_no_problem(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, growing=True) as lines:
        lines.add({"who": "Ada"})
        path.rename(tmp_path / "events.jsonl.1")
    assert (tmp_path / "events.jsonl.1").read_text() == '{"who": "Ada"}\n'


def test_a_dash_prints_them(capfdbinary, tmp_path):
    with event_sinks("-", None, None, tmp_path) as tell:
        tell(EVENT)
    assert json.loads(capfdbinary.readouterr().out) == EVENT.as_dict()


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StreamError, match="cannot be written"), event_sinks(tmp_path, None, None, tmp_path):
        pass


def test_a_webhook_gets_them_and_they_wait_in_the_folder(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(webhook, "GOODBYE", 1.0)
    with event_sinks(None, "http://ada:pa55@127.0.0.1:9/hook", None, tmp_path / "queue") as tell:
        tell(EVENT)
        assert len(tell.queues["webhook"]) == 1
    (file,) = (tmp_path / "queue").glob("*.db")
    assert b'"event": "named"' in file.read_bytes()
    assert "pa55" not in file.name + caplog.text


def test_the_waiting_events_of_an_erased_person_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(webhook, "GOODBYE", 0.0)
    url = "http://127.0.0.1:9/hook"
    for name in ("Ada", "Bob"):
        with event_sinks(None, url, None, tmp_path) as tell:
            tell(replace(EVENT, name=name))
    assert forget_events_of("Ada", tmp_path) == 1
    with event_sinks(None, url, None, tmp_path) as tell:
        assert len(tell.queues["webhook"]) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError), event_sinks(None, "http://127.0.0.1:9/", None, tmp_path / "file"):
        pass

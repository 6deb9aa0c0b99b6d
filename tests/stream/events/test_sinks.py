"""Events reach all that the options of `watch` name."""

import json

import pytest

from db import SightingWriter
from db.events.audience import Audience
from db.events.outbox import digest
from stream.errors import StreamError
from stream.events import sending
from stream.events.event import Event
from stream.events.sinks import Destinations, EventSinks, event_sinks
from stream.json_lines import JsonLines
from tests.db.events.messages import queue
from tests.people import at
from tests.stream.sinks.writing import no_room_beyond

EVENT = Event(at(0), "door", "named", track=1, sighting=2, name="Zoë", similarity=0.5)


def test_nothing_is_told_where_nothing_is_asked_for(fresh_db):
    with event_sinks(fresh_db, Destinations()) as tell:
        tell(EVENT)
    assert tell.outboxes == {}


def test_a_file_gets_a_line_at_once_and_those_before_stay(fresh_db, tmp_path):
    path = tmp_path / "new" / "events.jsonl"
    for count in (1, 2):
        with event_sinks(fresh_db, Destinations(path)) as tell:
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


def test_a_file_that_was_moved_away_meanwhile_is_begun_anew(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, growing=True) as lines:
        lines.add({"who": "Ada"})
        path.rename(tmp_path / "events.jsonl.1")
        lines.add({"who": "Bob"})
    assert (tmp_path / "events.jsonl.1").read_text() == '{"who": "Ada"}\n'
    assert path.read_text() == '{"who": "Bob"}\n'


def lines_of(*paths):
    return [[json.loads(line)["count"] for line in path.read_text().splitlines()] for path in paths]


def test_a_file_that_is_full_is_put_aside_and_another_begun_and_the_oldest_are_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("stream.json_lines.KEPT", 2)
    with JsonLines(tmp_path / "events.jsonl", growing=True, full=25) as lines:
        for count in range(8):
            lines.add({"count": count})  # 13 bytes
    names = "events.jsonl", "events.1.jsonl", "events.2.jsonl"
    assert lines_of(*(tmp_path / name for name in names)) == [[6, 7], [4, 5], [2, 3]]
    assert len(list(tmp_path.iterdir())) == 3


def test_of_several_who_append_to_a_file_all_go_on_with_the_new_one(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, growing=True, full=25) as ours, JsonLines(path, growing=True, full=25) as theirs:
        for count in range(6):
            (theirs if count % 2 else ours).add({"count": count})
    assert lines_of(path, tmp_path / "events.1.jsonl", tmp_path / "events.2.jsonl") == [[4, 5], [2, 3], [0, 1]]


def test_what_a_link_leads_to_is_put_aside_and_the_link_stays(tmp_path):
    (tmp_path / "disk").mkdir()
    path = tmp_path / "events.jsonl"
    path.symlink_to(tmp_path / "disk" / "all.jsonl")
    with JsonLines(path, growing=True, full=10) as lines:
        lines.add({"count": 0})
        lines.add({"count": 1})
    assert path.is_symlink()
    assert lines_of(path, tmp_path / "disk" / "all.1.jsonl") == [[1], [0]]


def test_a_dash_prints_them(capfdbinary, fresh_db):
    with event_sinks(fresh_db, Destinations("-")) as tell:
        tell(EVENT)
    assert json.loads(capfdbinary.readouterr().out) == EVENT.as_dict()


def test_a_file_that_cannot_be_written_is_told(fresh_db, tmp_path):
    with pytest.raises(StreamError, match="cannot be written"), event_sinks(fresh_db, Destinations(tmp_path)):
        pass


def test_a_webhook_gets_them_and_they_wait_in_the_database(fresh_db, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sending, "GOODBYE", 1.0)
    url = "http://ada:pa55@127.0.0.1:9/hook"
    with event_sinks(fresh_db, Destinations(webhook=url), queues=tmp_path) as tell:
        with SightingWriter(fresh_db, audience=Audience(outboxes=list(tell.outboxes.values()))) as writer:
            writer.note(Event(at(0), "door", "camera_lost"), None, tell)
        assert len(tell.outboxes["webhook"]) == 1
    assert "pa55" not in tell.outboxes["webhook"].sink + caplog.text


def test_what_waited_since_0_1_0_is_sent_first(fresh_db, tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "GOODBYE", 0.0)
    url = "http://127.0.0.1:9/hook"
    queue(tmp_path / f"webhook-{digest(url)}-1.db", Event(at(0), "door", "camera_lost"))
    with event_sinks(fresh_db, Destinations(webhook=url), queues=tmp_path) as tell:
        assert len(tell.outboxes["webhook"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_sink_that_fails_does_not_keep_the_others_from_their_events(fresh_db, tmp_path, caplog):
    told = []

    def fail(_event):
        raise StreamError("The disk is full.")

    sinks = EventSinks([fail, told.append], {})
    for _ in range(3):
        sinks(EVENT)
    assert told == [EVENT] * 3
    assert [record.message for record in caplog.records] == [
        "The disk is full. The others are told of the events all the same."
    ]
    with pytest.raises(StreamError, match=r"3 times an event could not be written: The disk is full\."):
        sinks.check()


def test_a_full_disk_is_told_at_the_end_and_ends_no_watch_before(fresh_db, tmp_path):
    def watch() -> None:
        with event_sinks(fresh_db, Destinations(tmp_path / "events.jsonl")) as tell:
            with no_room_beyond(40):
                tell(EVENT)
            tell(EVENT)

    with pytest.raises(StreamError, match="1 time an event could not be written"):
        watch()
    assert json.loads((tmp_path / "events.jsonl").read_text("utf-8")) == EVENT.as_dict()


def test_where_nobody_reads_what_is_printed_the_watch_ends(fresh_db):
    def gone(_event):
        raise StreamError("Standard output cannot be written.")

    with pytest.raises(StreamError, match="Standard output"):
        EventSinks([], {}, gone)(EVENT)

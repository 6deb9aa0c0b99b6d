"""MQTT without a broker; with one: tests/end_to_end/test_mosquitto.py."""

import json
import logging
import socket
from itertools import count
from threading import Thread
from types import SimpleNamespace

import pytest

from db import SightingWriter
from stream.errors import StreamError
from stream.events import mqtt
from stream.events.event import Event
from stream.events.mqtt import Mqtt, topic_of
from tests.people import at, new_sample, untold
from tests.waiting import LONG, wait_for


@pytest.mark.parametrize(
    "url",
    [
        "door",
        "http://ada:pa55@door",
        "ssl://ada:pa55@door:8883",
        "mqtt://",
        "mqtt://ada:pa55@",
        "mqtt://ada:pa55@door:x",
        "mqtt://door/path",
    ],
)
def test_a_wrong_address_is_told_at_once(fresh_db, url):
    with pytest.raises(StreamError, match="write it like mqtt://") as raised:
        Mqtt(url, fresh_db)
    assert "pa55" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("mqtt://broker", ("broker", 1883)),
        ("MQTTS://broker/", ("broker", 8883)),
        ("mqtt://ada:p%40ss@broker:1000", ("broker", 1000)),
        ("mqtt://ada:p@ss/w#rd@[::1]:1000", ("::1", 1000)),
    ],
)
def test_an_address_is_read(fresh_db, url, place):
    broker = Mqtt(url, fresh_db)
    assert (broker._host, broker._port) == place


@pytest.mark.parametrize(
    ("camera", "topic"), [("door", "doorman/door"), ("a/b+c#d", "doorman/a_b_c_d"), ("caf\udce9", "doorman/caf?")]
)
def test_a_cameras_name_becomes_one_level_of_the_topic(camera, topic):
    assert topic_of(camera) == topic


def test_a_broker_that_is_not_there_is_told_once_holds_nothing_up_and_what_is_lost_is_told(
    fresh_db, caplog, monkeypatch
):
    monkeypatch.setattr(mqtt, "BRIEF", 0.1)
    with caplog.at_level(logging.WARNING), Mqtt("mqtt://ada:pa55@127.0.0.1:9", fresh_db) as broker:
        for _ in range(3):
            broker.send(Event(at(0), "door", "camera_lost"))
        wait_for(lambda: "cannot be reached" in caplog.text)
    assert caplog.text.count("127.0.0.1:9 cannot be reached (Connection refused)") == 1
    assert "did not take the last 4 messages: doorman/door/camera_lost, doorman/running." in caplog.text
    assert "pa55" not in caplog.text


def test_what_is_there_and_does_not_answer_is_told(fresh_db, caplog, monkeypatch):
    monkeypatch.setattr(mqtt, "BRIEF", 0.0)
    server = socket.create_server(("127.0.0.1", 0))
    with server, Mqtt(f"mqtt://127.0.0.1:{server.getsockname()[1]}", fresh_db):
        server.accept()[0].close()  # as a port does that wants TLS
        wait_for(lambda: "does not answer as brokers do" in caplog.text)


class Connected:
    """A connection to a broker of which a test says what happens while the first message is published.

    Attributes:
        retained: the texts that the broker keeps, by topic.
    """

    def __init__(self, broker, monkeypatch, meanwhile):
        self.retained = {}
        self._thread = Thread(target=meanwhile)
        self._numbers = count()
        for name, does in {"publish": self._publish, "is_connected": lambda: True, "subscribe": lambda _: None}.items():
            monkeypatch.setattr(broker._client, name, does)
        broker._on_connect(broker._client, None, None, SimpleNamespace(is_failure=False), None)
        self._thread.join(LONG)

    def _publish(self, topic, payload, qos, retain):
        number = next(self._numbers)
        if number == 0:
            self._thread.start()
            self._thread.join(0.2)  # it may have to wait for its turn
        if retain:
            self.retained[topic] = payload
        return SimpleNamespace(rc=0, mid=number)


def test_what_changes_while_the_broker_is_told_how_things_are_is_what_it_keeps(fresh_db, monkeypatch):
    broker = Mqtt("mqtt://127.0.0.1:9", fresh_db, ["door"])
    lost = Event(at(0), "door", "camera_lost")
    kept = Connected(broker, monkeypatch, lambda: broker.send(lost)).retained
    assert kept["doorman/door/state/connectivity"] == "OFF"


def test_a_broker_that_is_reached_at_the_end_keeps_nobodys_name_and_that_nobody_watches(unsent, monkeypatch):
    for wait in ("BRIEF", "GOODBYE"):
        monkeypatch.setattr(mqtt, wait, 0.0)
    monkeypatch.setattr(unsent._client, "loop_start", lambda: None)  # nobody else reaches it
    unsent.__enter__()
    wait_for_person(unsent, "Bob")
    kept = Connected(unsent, monkeypatch, lambda: unsent.__exit__(None, None, None)).retained
    assert json.loads(kept["doorman/door/state/person"]) == {"name": None}
    assert kept["doorman/door/state/running"] == "offline"


def test_too_many_that_wait_are_given_up_which_is_told(fresh_db, caplog, monkeypatch):
    monkeypatch.setattr(mqtt, "MOST_WAITING", 2)
    broker = Mqtt("mqtt://127.0.0.1:9", fresh_db)
    for _ in range(3):
        broker.send(Event(at(0), "door", "camera_lost"))
    assert caplog.text.count("a message is given up") == 1


@pytest.fixture
def unsent(fresh_db):
    """A sink of which nothing is sent yet; Ada and then Bob were named at the door."""
    for second, name in enumerate(("Ada", "Bob")):
        person = fresh_db.add_samples(name, [new_sample(second)])
        with SightingWriter(fresh_db) as writer:
            key = writer.open("door", at(100 * second))
            writer.name(key, person.id, 0.5)
            writer.note(Event(at(100 * second), "door", "named", 1, name=name, similarity=0.5), key, untold)
    return Mqtt("mqtt://127.0.0.1:9", fresh_db, ["door"])


def last_person(broker):
    told = broker._retained.get("doorman/door/state/person")
    return told and json.loads(told)["name"]


def wait_for_person(broker, name):
    wait_for(lambda: last_person(broker) == name)


def test_the_last_person_is_somebody_who_is_still_known(unsent, fresh_db, monkeypatch):
    monkeypatch.setattr(mqtt, "GLANCE", 0.01)
    monkeypatch.setattr(mqtt, "BRIEF", 0.0)
    monkeypatch.setattr(mqtt, "GOODBYE", 0.0)
    with unsent:
        for change, name in (
            (lambda: None, "Bob"),
            (lambda: fresh_db.rename("Bob", "Robert"), "Robert"),
            (lambda: fresh_db.remove("Robert"), "Ada"),
            (lambda: fresh_db.remove("Ada"), None),
        ):
            change()
            wait_for_person(unsent, name)


def test_the_broker_keeps_nobodys_name_when_nobody_watches(unsent, monkeypatch):
    monkeypatch.setattr(mqtt, "BRIEF", 0.0)
    monkeypatch.setattr(mqtt, "GOODBYE", 0.0)
    with unsent:
        wait_for_person(unsent, "Bob")
    assert last_person(unsent) is None

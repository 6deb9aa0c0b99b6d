"""Against a real MQTT broker: Mosquitto, as Debian has it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from db import Database
from stream.events.event import Event
from stream.events.sinks import Destinations, event_sinks
from tests.cameras import endless
from tests.people import at
from tests.ports import held_port
from tests.waiting import LONG, wait_for

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="needs an MQTT broker (Debian: mosquitto)")

ENTERED = Event(at(0), "door", "entered", track=1, sighting=7)
NAMED = Event(at(1), "door", "named", track=1, sighting=7, name="Ada", similarity=0.5)
LEFT = Event(at(2), "door", "left", track=1, sighting=7, name="Ada", similarity=0.5)


class Broker:
    """A broker on loopback; it keeps its port over a restart, but no messages."""

    def __init__(self, folder: Path, port: int, *settings: str) -> None:
        self.port = port
        self._configuration = folder / "mosquitto.conf"
        lines = [f"listener {self.port} 127.0.0.1", "user root", *(settings or ["allow_anonymous true"])]
        self._configuration.write_text("\n".join(lines) + "\n")
        self.start()

    def start(self) -> None:
        assert MOSQUITTO is not None
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._configuration], stderr=subprocess.DEVNULL)
        wait_for(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def url(self, credentials: str = "", scheme: str = "mqtt", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{credentials}{host}:{self.port}"


class Listener:
    """Takes down all that is published: topic, text and whether it was retained. What was retained is heard at once."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._mark = f"listeners/{uuid4()}"  # published once it listens, and so heard behind all that was retained
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda client, *_: client.publish(self._mark, qos=1)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(LONG)

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.topic == self._mark:
            self._ready.set()
        elif not message.topic.startswith("listeners/"):
            self.heard.append((message.topic, message.payload.decode(), message.retain))

    def texts(self, topic: str) -> list[str]:
        return [text for heard, text, _ in self.heard if heard == topic]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    with ExitStack() as stack:

        def run(*settings: str) -> Broker:
            broker = Broker(tmp_path, stack.enter_context(held_port()), *settings)
            stack.callback(broker.kill)
            return broker

        yield run


@pytest.fixture
def listen() -> Iterator[Callable[[Broker], Listener]]:
    listeners: list[Listener] = []

    def run(broker: Broker) -> Listener:
        listeners.append(Listener(broker))
        return listeners[-1]

    yield run
    for listener in listeners:
        listener.close()


@contextmanager
def sinks(url: str, folder: Path, *cameras: str):
    with (
        Database.open(folder / "people.db") as database,
        event_sinks(database, Destinations(mqtt=url), cameras) as tell,
    ):
        yield tell


def test_each_event_has_its_topic_and_is_the_json_of_the_file(start, listen, tmp_path):
    broker = start()
    listener = listen(broker)
    with sinks(broker.url(), tmp_path, "door") as tell:
        for event in (ENTERED, NAMED, LEFT):
            tell(event)
        wait_for(lambda: listener.texts("doorman/door/left"))
    for event in (ENTERED, NAMED, LEFT):
        assert [json.loads(text) for text in listener.texts(f"doorman/door/{event.event}")] == [event.as_dict()]


def test_whoever_listens_later_hears_the_states_but_no_old_event(start, listen, tmp_path):
    broker = start()
    with sinks(broker.url(), tmp_path, "door", "hall") as tell:
        tell(Event(at(0), "hall", "camera_lost", reason="No answer."))
        for event in (ENTERED, NAMED, Event(at(2), "door", "entered", track=2)):
            tell(event)
        tell(LEFT)
    late = listen(broker)
    wait_for(lambda: late.texts("doorman/door/state/running"))
    assert all(retained for _, _, retained in late.heard)
    states = {topic: text for topic, text, _ in late.heard if "/state/" in topic}
    for camera in ("door", "hall"):  # nobody, from the end on
        assert json.loads(states.pop(f"doorman/{camera}/state/person")) == {"name": None}
    assert states == {
        "doorman/door/state/running": "offline",
        "doorman/door/state/connectivity": "ON",
        "doorman/door/state/occupancy": "ON",  # the second one is still there
        "doorman/hall/state/connectivity": "OFF",
        "doorman/hall/state/occupancy": "OFF",
    }
    assert {topic for topic, *_ in late.heard} - states.keys() == {
        "doorman/door/state/person",
        "doorman/hall/state/person",
        "homeassistant/device/doorman_door/config",
        "homeassistant/device/doorman_hall/config",
    }


def retained(listener: Listener, camera: str) -> set[str]:
    """The topics by which the broker still knows a camera."""
    return {topic for topic, text, was in listener.heard if was and text and camera in topic}


def test_nothing_stays_of_a_camera_that_is_removed_and_one_that_is_added_is_known_at_once(start, listen, tmp_path):
    broker = start()
    with sinks(broker.url(), tmp_path, "door", "hall") as tell:
        tell(replace(ENTERED, camera="hall"))
        for sink in tell.following:
            sink.forget_camera("hall")
            sink.add_camera(endless("garden").source, None)
        tell(replace(LEFT, camera="hall"))  # whoever was before it has left
    late = listen(broker)
    wait_for(lambda: late.texts("doorman/door/state/running"))
    assert not retained(late, "hall")
    assert "homeassistant/device/doorman_garden/config" in retained(late, "garden")


def test_nothing_stays_of_a_camera_that_was_removed_since_the_last_start(start, listen, tmp_path):
    broker = start()
    with sinks(broker.url(), tmp_path, "door", "hall"), sinks(broker.url(), tmp_path, "porch"):
        pass
    late = listen(broker)
    wait_for(lambda: all(retained(late, camera) for camera in ("door", "hall", "porch")))
    with sinks(broker.url(), tmp_path, "door"):
        wait_for(lambda: late.texts("doorman/hall/state/person")[-1:] == [""])
    later = listen(broker)
    wait_for(lambda: later.texts("doorman/door/state/running"))
    assert not retained(later, "hall")
    assert retained(later, "door")
    assert retained(later, "porch")  # another program's, which may begin again


@pytest.mark.parametrize("now", [("entrance", "hall"), ("hall",)])
def test_nothing_stays_of_the_first_camera_that_was_renamed_or_removed_since_the_last_start(
    start, listen, tmp_path, now
):
    broker = start()
    with sinks(broker.url(), tmp_path, "door", "hall"):
        pass
    listener = listen(broker)
    with sinks(broker.url(), tmp_path, *now):
        wait_for(lambda: listener.texts("doorman/door/state/person")[-1:] == [""])
    later = listen(broker)
    wait_for(lambda: later.texts(f"doorman/{now[0]}/state/running"))
    assert not retained(later, "doorman_door")  # the device
    assert all(retained(later, camera) for camera in now)


def test_a_watch_that_runs_keeps_its_cameras_where_another_one_calls_one_like_its_own(start, listen, tmp_path):
    broker = start()
    listener = listen(broker)
    with sinks(broker.url(), tmp_path, "door", "hall"):
        wait_for(lambda: listener.texts("doorman/hall/state/person"))
        with sinks(broker.url(), tmp_path, "porch", "hall"):
            wait_for(lambda: listener.texts("doorman/porch/state/person"))
        later = listen(broker)
        wait_for(lambda: later.texts("doorman/porch/state/running"))
        assert "homeassistant/device/doorman_door/config" in retained(later, "door")


def test_home_assistant_learns_where_a_cameras_states_are(start, listen, tmp_path):
    broker = start()
    listener = listen(broker)
    with sinks(broker.url(), tmp_path, "door"):
        wait_for(lambda: listener.texts("homeassistant/device/doorman_door/config"))
        payload = json.loads(listener.texts("homeassistant/device/doorman_door/config")[0])
        told = {payload["availability_topic"], payload["components"]["connectivity"]["state_topic"]}
        # They may come after the message that names them.
        wait_for(lambda: told <= {topic for topic, *_ in listener.heard})


def test_a_broker_that_dies_and_comes_back_gets_what_it_missed(start, listen, tmp_path, caplog):
    broker = start()
    with sinks(broker.url(), tmp_path, "door") as tell:
        before = listen(broker)
        wait_for(lambda: before.texts("doorman/door/state/running"))
        broker.kill()
        wait_for(lambda: "cannot be reached" in caplog.text)
        tell(ENTERED)
        broker.start()
        listener = listen(broker)
        wait_for(lambda: listener.texts("doorman/door/entered"))
        wait_for(lambda: listener.texts("doorman/door/state/running") == ["online"])
        assert listener.texts("doorman/door/state/occupancy")[-1] == "ON"
    assert "takes events again" in caplog.text


CRASH = """
import os, sys
from db import Database
from stream.events.sinks import Destinations, event_sinks
with Database.open("sqlite://") as database, event_sinks(database, Destinations(mqtt=sys.argv[1]), ["door"]):
    sys.stdin.read()
    os._exit(9)
"""


def test_the_broker_tells_that_the_program_has_crashed(start, listen):
    broker = start()
    listener = listen(broker)
    command = [sys.executable, "-c", CRASH, broker.url()]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE) as crashing:
        wait_for(lambda: listener.texts("doorman/door/state/running") == ["online"])
        crashing.communicate()
    wait_for(lambda: listener.texts("doorman/door/state/running") == ["online", "offline"])


def test_user_and_password_are_needed_and_never_told(start, tmp_path, caplog):
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o600)
    subprocess.run(["mosquitto_passwd", "-b", passwords, "ada", "p@ss/word"], check=True)
    broker = start("allow_anonymous false", f"password_file {passwords}")
    with sinks(broker.url("ada:wr0ng@"), tmp_path, "door"):
        wait_for(lambda: "refuses us" in caplog.text)
    assert "wr0ng" not in caplog.text
    caplog.clear()
    with sinks(broker.url("ada:p%40ss%2Fword@"), tmp_path, "door"):
        pass
    assert not caplog.text  # all was taken


def test_tls_is_used_and_an_unknown_certificate_refused(start, tmp_path, caplog, monkeypatch):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    broker = start("allow_anonymous true", f"certfile {certificate}", f"keyfile {key}")
    url = broker.url(scheme="mqtts", host="localhost")
    with sinks(url, tmp_path, "door"):
        wait_for(lambda: "let SSL_CERT_FILE name its certificate" in caplog.text)
    caplog.clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with sinks(url, tmp_path, "door"):
        pass
    assert not caplog.text

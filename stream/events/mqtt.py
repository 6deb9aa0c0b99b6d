"""Events to an MQTT broker, where Home Assistant and others find them."""

import json
import logging
import re
import ssl
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import MQTT_ERR_QUEUE_SIZE, Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from db import Database, DatabaseError
from db.text.wording import how_many
from stream.errors import StreamError
from stream.events.event import Event
from stream.events.home_assistant import DEVICES, Discovered, device, discovery_topic
from stream.events.outage import Outage
from stream.sources.source import Source

log = logging.getLogger(__name__)

NOBODY = json.dumps({"name": None})
RUNNING = "doorman/+/state/running"  # the topics of all that watch
NOTHING = ""  # retained, it takes what was retained before away

PORTS = {"mqtt": 1883, "mqtts": 8883}
MOST_WAITING = 10_000  # messages kept in memory while the broker is away
LONGEST_WAIT = 30  # seconds between two tries to reach it
GOODBYE = 20.0  # seconds in which the broker has to confirm the last messages at the end: it, or we, may be busy
BRIEF = 3.0  # seconds likewise, where it is known to be away
GLANCE = 2.0  # seconds after which it is looked whether somebody was renamed or erased


class Mqtt:
    """Publishes events, within a `with` block; from any thread, and without waiting for the broker.

    `doorman/<camera>/<event>` carries each event as JSON, for whoever listens at the time. What holds for a while is
    retained below `doorman/<camera>/state/`: `connectivity` and `occupancy` (ON or OFF), and in `person` the event by
    which somebody was last named who is still known; at the end that is nobody, lest the broker keeps a name for
    longer than we do. `running` there, of the first camera, tells whether this program runs (online or offline; the
    broker itself says so if the program breaks down).

    Nothing stays retained of a camera that is watched no more, whether it goes while this runs or went before: the
    broker is asked which cameras it still knows of a watch that began with the same one or had another of these.

    Args:
        url: `mqtt://user:password@host:port`, or `mqtts://` for TLS; what is not needed may be left out.
        database: tells who was named before, and is still known.
        cameras: those that are watched at first.

    Raises:
        StreamError: the URL is none.
    """

    def __init__(self, url: str, database: Database, cameras: Sequence[str] = ()) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._host, self._port = self._address(url)
        self._label = f"The MQTT broker {self._host}:{self._port}"
        self._running = f"{topic_of(cameras[0])}/state/running" if cameras else "doorman/running"
        self._retained = {self._running: "online"}
        self._present: dict[str, set[int | None]] = {}
        self._discovered = Discovered(self._running)
        self._database = database
        self._waiting: dict[int, str] = {}  # topics, by the numbers under which the broker will confirm them
        self._early: set[int] = set()  # numbers that it has confirmed before `publish` told them
        self._is_answered = False  # whether whoever took the connection speaks MQTT
        self._delivery = threading.Condition()
        self._turn = threading.Lock()  # for what is retained, and told to the broker in the same order
        self._ending = threading.Event()
        self._glances = threading.Thread(target=self._follow_database, name="mqtt-people", daemon=True)
        for camera in cameras:
            self._introduce(camera)
        self._outage = Outage(self._label, log)
        self._client.max_queued_messages_set(MOST_WAITING)
        self._client.reconnect_delay_set(max_delay=LONGEST_WAIT)
        self._client.will_set(self._running, "offline", qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    def send(self, event: Event) -> None:
        """Publish an event, and what follows from it."""
        topic = topic_of(event.camera)
        with self._turn:
            self._publish(f"{topic}/{event.event}", _json(event))
            if event.camera not in self._present:  # somebody left a camera by its being removed
                return
            for key, value in self._states_after(event).items():
                self._retain(f"{topic}/state/{key}", value)

    def add_camera(self, source: Source, _out: Path | None, /) -> None:
        """This one is watched, too."""
        with self._turn:
            self._introduce(source.name)

    def forget_camera(self, name: str) -> None:
        """This one is watched no more."""
        with self._turn:
            self._present.pop(name, None)
            self._retain(discovery_topic(name), NOTHING)
            for state in ("connectivity", "occupancy", "person"):
                self._retain(f"{topic_of(name)}/state/{state}", NOTHING)

    def __enter__(self) -> Self:
        self._client.connect_async(self._host, self._port)
        self._client.loop_start()
        self._glances.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._glances.join()
        with self._turn:
            for camera in self._present:
                self._retain(f"{topic_of(camera)}/state/person", NOBODY)
            self._retained[self._running] = "offline"
            self._publish(self._running, "offline", retain=True)
        self._wait_for_broker()
        self._client.disconnect()
        self._client.loop_stop()

    def _address(self, url: str) -> tuple[str, int]:
        scheme, _, rest = url.partition("://")
        credentials, _, place = rest.rpartition("@")  # people write passwords with @ and / into URLs as they are
        try:
            parts = urlsplit(f"//{place}")
            usual = PORTS[scheme.lower()]  # also where a port is given: an unknown scheme may ask for TLS
            host, port = parts.hostname, parts.port or usual
        except (KeyError, ValueError):
            host = None
        if not host or parts.path.strip("/"):
            raise StreamError(
                "The MQTT broker's address is none: write it like mqtt://user:password@host:1883, or mqtts:// for TLS."
            )
        if credentials:
            user, _, password = credentials.partition(":")
            self._client.username_pw_set(unquote(user), unquote(password))
        if scheme.lower() == "mqtts":
            self._client.tls_set()
        return host, port

    def _wait_for_broker(self) -> None:
        """Until it has confirmed everything, or cannot be expected to."""
        with self._delivery:
            self._delivery.wait_for(lambda: not self._waiting, GOODBYE if self._outage.problem is None else BRIEF)
            if self._waiting:
                topics = ", ".join(sorted(set(self._waiting.values())))
                last = how_many(len(self._waiting), "message")
                log.warning("%s did not take the last %s: %s.", self._label, last, topics)

    def _follow_database(self) -> None:
        """Tell of each camera who was named last, and let nobody be called so who was renamed or erased meanwhile."""
        known: object = None
        while True:
            try:
                with self._turn:
                    cameras = list(self._present)
                present = self._database.generation(), cameras
                for camera in cameras if present != known else ():
                    self._retain_person(camera)
                known = present
            except DatabaseError as error:
                log.debug("%s", error)  # next time
            if self._ending.wait(GLANCE):
                return

    def _retain_person(self, camera: str) -> None:
        """As the database has it, unless somebody is named in the meantime; nobody waits for the database here."""
        topic = f"{topic_of(camera)}/state/person"
        before = self._retained.get(topic)
        event = self._database.last_named(camera)
        with self._turn:
            if camera in self._present and self._retained.get(topic) == before:
                self._retain(topic, _json(event) if event else NOBODY)

    def _introduce(self, camera: str) -> None:
        topic = topic_of(camera)
        self._present[camera] = set()
        self._retain(discovery_topic(camera), json.dumps(device(camera, topic, self._running)))
        self._retain(f"{topic}/state/connectivity", "ON")
        self._retain(f"{topic}/state/occupancy", "OFF")

    def _states_after(self, event: Event) -> dict[str, str]:
        present = self._present[event.camera]
        match event.event:
            case "camera_lost" | "camera_back":
                return {"connectivity": "ON" if event.event == "camera_back" else "OFF"}
            case "named" if event.name is not None:
                return {"person": _json(event)}
            case "entered":
                present.add(event.track)
            case "left":
                present.discard(event.track)
        return {"occupancy": "ON" if present else "OFF"}

    def _retain(self, topic: str, payload: str) -> None:
        """Publish what holds from now on: at once, or when the broker is reached."""
        if self._retained.get(topic) != payload:
            self._retained[topic] = payload
            if self._client.is_connected():
                self._publish(topic, payload, retain=True)

    def _publish(self, topic: str, payload: str, retain: bool = False) -> None:
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        if sent.rc == MQTT_ERR_QUEUE_SIZE:
            log.warning("%s is away for too long: a message is given up.", self._label)
            return
        with self._delivery:
            if sent.mid in self._early:
                self._early.remove(sent.mid)
            else:
                self._waiting[sent.mid] = topic

    # What follows is called by paho, in its thread

    def _on_publish(self, _client: Client, _data: object, number: int, *_: Any) -> None:
        with self._delivery:
            if self._waiting.pop(number, None) is None:
                self._early.add(number)
            self._delivery.notify_all()

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self._is_answered = True
        if reason.is_failure:
            self._outage.is_now(f"refuses us ({reason}): check the user:password@ in its URL. Trying on.")
            return
        self._outage.is_now(None)
        self._discovered = Discovered(self._running)
        # Before ours are published: what is retained now is from earlier runs, and from others
        self._client.subscribe([(DEVICES, 1), (RUNNING, 1)])
        with self._turn:  # lest it come behind what changes meanwhile, and stay
            for topic, payload in self._retained.items():
                self._publish(topic, payload, retain=True)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if message.retain:
            self._discovered.take(message.topic, message.payload)
            for camera in self._discovered.removed(self._present):
                self.forget_camera(camera)

    def _on_connect_fail(self, _client: Client, _data: object) -> None:
        error = sys.exception()
        if isinstance(error, ssl.SSLCertVerificationError):
            remedy = "check its name in the address, or let SSL_CERT_FILE name its certificate"
            problem = f"cannot be trusted ({error.verify_message}): {remedy}."
        else:
            cause = getattr(error, "strerror", None) or "no answer in time"
            problem = f"cannot be reached ({cause}): check the address, and that it runs."
        self._outage.is_now(f"{problem} Trying on.")

    def _on_disconnect(
        self, _client: Client, _data: object, _flags: DisconnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure and not self._is_answered:
            self._outage.is_now("does not answer as brokers do: check the port, and whether it is mqtts://. Trying on.")
        self._is_answered = False


def topic_of(camera: str) -> str:
    """The topic below which everything about a camera is; a level of a topic holds none of the characters / + #."""
    plain = camera.encode(errors="replace").decode()  # a file's name may hold bytes that are no text
    return "doorman/" + re.sub(r"[/+#\0]", "_", plain)


def _json(event: Event) -> str:
    return json.dumps(event.as_dict())

"""Events to an MQTT broker, where Home Assistant and others find them."""

import json
import logging
import re
import ssl
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import MQTT_ERR_QUEUE_SIZE, Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from stream.errors import StreamError
from stream.events.event import Event
from stream.events.home_assistant import device, discovery_topic
from stream.events.throttle import Trouble

log = logging.getLogger(__name__)

PORTS = {"mqtt": 1883, "mqtts": 8883}
MOST_WAITING = 10_000  # messages kept in memory while the broker is away
LONGEST_WAIT = 30  # seconds between two tries to reach it
GOODBYE = 3.0  # seconds in which the last messages are sent at the end


class Mqtt:
    """Publishes events, within a `with` block; from any thread, and without waiting for the broker.

    `doorman/<camera>/<event>` carries each event as JSON, for whoever listens at the time. What holds for a while is
    retained below `doorman/<camera>/state/`: `connectivity` and `occupancy` (ON or OFF), and in `person` the event by
    which somebody was last named. `running` there, of the first camera, tells whether this program runs (online or
    offline; the broker itself says so if the program breaks down).

    Args:
        url: `mqtt://user:password@host:port`, or `mqtts://` for TLS; what is not needed may be left out.
        cameras: those that are watched; others become known by their first event.

    Raises:
        StreamError: the URL is none.
    """

    def __init__(self, url: str, cameras: Sequence[str] = ()) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._host, self._port = self._address(url)
        self._label = f"The MQTT broker {self._host}:{self._port}"
        self._running = f"{topic_of(cameras[0])}/state/running" if cameras else "doorman/running"
        self._retained = {self._running: "online"}
        self._present: dict[str, set[int | None]] = {}
        for camera in cameras:
            self._introduce(camera)
        self._waiting = 0
        self._delivery = threading.Condition()
        self._trouble = Trouble(self._label, log)
        self._client.max_queued_messages_set(MOST_WAITING)
        self._client.reconnect_delay_set(max_delay=LONGEST_WAIT)
        self._client.will_set(self._running, "offline", qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_publish = self._on_publish

    def send(self, event: Event) -> None:
        """Publish an event, and what follows from it."""
        topic = topic_of(event.camera)
        if event.camera not in self._present:
            self._introduce(event.camera)
        self._publish(f"{topic}/{event.event}", _json(event))
        for key, value in self._states_after(event).items():
            self._retain(f"{topic}/state/{key}", value)

    def __enter__(self) -> Self:
        self._client.connect_async(self._host, self._port)
        self._client.loop_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._retained[self._running] = "offline"
        self._publish(self._running, "offline", retain=True)
        with self._delivery:
            self._delivery.wait_for(lambda: self._waiting == 0, GOODBYE)
            if self._waiting:
                log.warning("%s did not take the last %d messages: they are lost.", self._label, self._waiting)
        self._client.disconnect()
        self._client.loop_stop()

    def _address(self, url: str) -> tuple[str, int]:
        scheme, _, rest = url.partition("://")
        credentials, _, place = rest.rpartition("@")  # people write passwords with @ and / into URLs as they are
        try:
            parts = urlsplit(f"//{place}")
            host, port = parts.hostname, parts.port or PORTS[scheme.lower()]
        except (KeyError, ValueError):
            host = None
        if not host or parts.path.strip("/"):
            raise StreamError("The MQTT broker's address is none: write it like mqtt://user:password@host:1883.")
        if credentials:
            user, _, password = credentials.partition(":")
            self._client.username_pw_set(unquote(user), unquote(password))
        if scheme.lower() == "mqtts":
            self._client.tls_set()
        return host, port

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
        with self._delivery:
            self._waiting += 1
        if self._client.publish(topic, payload, qos=1, retain=retain).rc == MQTT_ERR_QUEUE_SIZE:
            log.warning("%s is away for too long: a message is given up.", self._label)
            self._delivered()

    def _delivered(self) -> None:
        with self._delivery:
            self._waiting -= 1
            self._delivery.notify_all()

    # What follows is called by paho, in its thread

    def _on_publish(self, *_: Any) -> None:
        self._delivered()

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._trouble.is_now(f"refuses us ({reason}): check the user:password@ in its URL. Trying on.")
            return
        self._trouble.is_now(None)
        for topic, payload in list(self._retained.items()):
            self._publish(topic, payload, retain=True)

    def _on_connect_fail(self, _client: Client, _data: object) -> None:
        cause = _cause(sys.exception())
        self._trouble.is_now(f"cannot be reached ({cause}): check the address, and that it runs. Trying on.")


def topic_of(camera: str) -> str:
    """The topic below which everything about a camera is; a level of a topic holds none of the characters / + #."""
    plain = camera.encode(errors="replace").decode()  # a file's name may hold bytes that are no text
    return "doorman/" + re.sub(r"[/+#\0]", "_", plain)


def _json(event: Event) -> str:
    return json.dumps(event.as_dict())


def _cause(error: BaseException | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    return getattr(error, "strerror", None) or "no answer in time"

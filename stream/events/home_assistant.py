"""How Home Assistant gets to know the cameras: MQTT discovery, one device for each.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

import hashlib
import json
import re
from collections.abc import Container
from typing import Any, get_args

from db.records import EventName

DEVICES = "homeassistant/device/+/config"  # the topics of all devices, others' among them
MAKER = "Doorman"


def discovery_topic(camera: str) -> str:
    """Where Home Assistant looks for the device of a camera."""
    return f"homeassistant/device/{device_id(camera)}/config"


def device_id(camera: str) -> str:
    """An id of the characters that Home Assistant allows, different for each camera."""
    plain = re.sub(r"[^a-zA-Z0-9_-]", "_", camera)
    if plain != camera:
        plain += "_" + hashlib.sha256(camera.encode(errors="replace")).hexdigest()[:8]
    return f"doorman_{plain}"


def device(camera: str, topic: str, availability: str) -> dict[str, Any]:
    """The payload that describes a camera: whether it works, whether somebody is there, who was named last, all events.

    Args:
        topic: the camera's: its events are one level below, its states below `state`.
        availability: the topic that tells whether this program runs.
    """
    name = device_id(camera)
    entities: dict[str, dict[str, Any]] = {
        "connectivity": {
            "platform": "binary_sensor",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": f"{topic}/state/connectivity",
        },
        "occupancy": {
            "platform": "binary_sensor",
            "device_class": "occupancy",
            "state_topic": f"{topic}/state/occupancy",
        },
        "person": {
            "platform": "sensor",
            "name": "Last person",
            "icon": "mdi:face-recognition",
            "state_topic": f"{topic}/state/person",
            "value_template": "{{ value_json.name }}",
            "json_attributes_topic": f"{topic}/state/person",
        },
        "event": {
            "platform": "event",
            "name": "Event",
            "event_types": list(get_args(EventName)),
            "state_topic": f"{topic}/+",
            "value_template": "{{ dict(value_json, event_type=value_json.event) | to_json }}",
        },
    }
    return {
        "device": {"identifiers": [name], "name": camera, "manufacturer": MAKER, "model": "Face recognizer"},
        "origin": {"name": MAKER},
        "availability_topic": availability,
        "qos": 1,
        "components": {key: {**entity, "unique_id": f"{name}_{key}"} for key, entity in entities.items()},
    }


class Discovered:
    """The cameras of which a broker knows, by what it has retained, in whatever order that comes.

    Args:
        running: the availability topic of this watch.
    """

    def __init__(self, running: str) -> None:
        self._running = running
        self._watches: dict[str, str] = {}  # their availability topics, by camera
        self._ended: set[str] = set()

    def take(self, topic: str, payload: bytes | bytearray) -> None:
        """Read a message: that a watch has ended, or which camera a device is."""
        if payload == b"offline":
            self._ended.add(topic)
        elif (told := told_by(payload)) is not None:
            camera, running = told
            self._watches[camera] = running

    def removed(self, present: Container[str]) -> list[str]:
        """The cameras that this watch had before, and has no more.

        What began with the same camera was this watch. So was what has ended and had one of its cameras, since the
        first may be the one that is removed, or has another name now.
        """
        had_these = {running for camera, running in self._watches.items() if camera in present}
        ours = {self._running} | (had_these & self._ended)
        return [camera for camera, running in self._watches.items() if running in ours and camera not in present]


def told_by(payload: bytes | bytearray) -> tuple[str, str] | None:
    """The camera that a payload of `device` describes, and its availability topic; None where it is none of those."""
    try:
        told = json.loads(payload)
        is_ours = told["origin"]["name"] == MAKER
        return (str(told["device"]["name"]), str(told["availability_topic"])) if is_ours else None
    except (ValueError, LookupError, TypeError, RecursionError):  # others may write there what they like
        return None

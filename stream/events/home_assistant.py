"""How Home Assistant gets to know the cameras: MQTT discovery, one device for each.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

import hashlib
import json
import re
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


def camera_of(payload: bytes | bytearray, availability: str) -> str | None:
    """The camera that a payload of `device` describes, told by the same program; None where it is none of those."""
    try:
        told = json.loads(payload)
        is_ours = told["origin"]["name"] == MAKER and told["availability_topic"] == availability
        return str(told["device"]["name"]) if is_ours else None
    except (ValueError, LookupError, TypeError, RecursionError):  # others may write there what they like
        return None

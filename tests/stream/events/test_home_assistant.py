"""What Home Assistant is told of a camera."""

import json

import pytest

from stream.events.home_assistant import Discovered, device, device_id, discovery_topic, told_by
from stream.events.mqtt import topic_of


def test_a_camera_is_one_device_with_its_entities():
    payload = device("door", "doorman/door", "doorman/door/state/running")
    assert payload["device"]["name"] == "door"
    assert payload["availability_topic"] == "doorman/door/state/running"
    assert {key: (part["platform"], part["state_topic"]) for key, part in payload["components"].items()} == {
        "connectivity": ("binary_sensor", "doorman/door/state/connectivity"),
        "occupancy": ("binary_sensor", "doorman/door/state/occupancy"),
        "person": ("sensor", "doorman/door/state/person"),
        "event": ("event", "doorman/door/+"),
    }


def test_no_two_cameras_share_an_id():
    cameras = ["door", "hall", "a b", "a_b", "дверь", "двери"]
    parts = [device(camera, topic_of(camera), "")["components"].values() for camera in cameras]
    ids = [part["unique_id"] for entities in parts for part in entities]
    assert len(set(ids)) == len(ids)
    assert len({discovery_topic(camera) for camera in cameras}) == len(cameras)


def test_ids_are_of_the_characters_that_are_allowed_and_stay_the_same():
    assert device_id("door") == "doorman_door"
    assert device_id("Haustür 1") == device_id("Haustür 1")
    assert device_id("Haustür 1").replace("_", "").isascii()
    assert device_id("Haustür 1").replace("_", "").isalnum()


@pytest.mark.parametrize("camera", ["door", "a/b", "дверь", "caf\udce9"])
def test_whose_device_it_is_can_be_read_again(camera):
    payload = json.dumps(device(camera, topic_of(camera), "doorman/door/state/running")).encode()
    assert told_by(payload) == (camera, "doorman/door/state/running")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"origin": null}',
        b"[" * 100_000,
        b'{"origin": {"name": "Zigbee2MQTT"}, "availability_topic": "running", "device": {"name": "lamp"}}',
    ],
)
def test_other_devices_are_none_of_ours(payload):
    assert told_by(payload) is None


TOLD_BEFORE = [
    ("homeassistant/door", json.dumps(device("door", "doorman/door", "doorman/door/state/running")).encode()),
    ("homeassistant/hall", json.dumps(device("hall", "doorman/hall", "doorman/door/state/running")).encode()),
    ("homeassistant/porch", json.dumps(device("porch", "doorman/porch", "doorman/porch/state/running")).encode()),
    ("doorman/porch/state/running", b"offline"),
]
ENDED = ("doorman/door/state/running", b"offline")
RUNS = ("doorman/door/state/running", b"online")


@pytest.mark.parametrize(
    ("present", "running", "removed"),
    [
        (["door", "hall"], RUNS, []),
        (["door"], RUNS, ["hall"]),
        (["hall"], ENDED, ["door"]),
        (["entrance", "hall"], ENDED, ["door"]),
        (["entrance", "hall"], RUNS, []),  # another watch, whose it is
        (["entrance"], ENDED, []),  # nothing tells that it was the same
    ],
)
def test_a_camera_is_removed_that_the_same_watch_had_before_whatever_is_heard_first(present, running, removed):
    for messages in ([*TOLD_BEFORE, running], [running, *reversed(TOLD_BEFORE)]):
        discovered = Discovered(f"doorman/{present[0]}/state/running")
        for message in messages:
            discovered.take(*message)
        assert discovered.removed(present) == removed

"""Cameras watched by the nodes of a Ray cluster, with PostgreSQL: a node that dies costs seconds, and no sighting."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from db import Database
from models.images import from_jpeg
from stream.cli.demo import NAME
from tests import postgresql, ray_cameras, ray_cluster
from tests.ray_cameras import CAMERAS, ROOT
from tests.rtsp import has_gstreamer

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.cluster,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not has_gstreamer(), reason="needs GStreamer's RTSP server, see tests/rtsp.py"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    with postgresql.running_or_skipped() as started:
        yield started


@pytest.fixture
def nodes() -> Iterator[ray_cluster.TwoNodes]:
    with ray_cluster.running() as started:
        yield started


def test_no_cluster_at_the_address_is_told_in_a_sentence(tmp_path):
    watch = [sys.executable, "run.py", "watch", "door=rtsp://127.0.0.1:1/door", "--db", str(tmp_path / "people.db")]
    done = subprocess.run([*watch, "--ray", "127.0.0.1:1"], cwd=ROOT, capture_output=True, text=True, check=False)
    cause = "No Ray cluster answers at 127.0.0.1:1: start one with `ray start --head`, or correct the address.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", cause)


def test_a_killed_nodes_camera_is_live_again_and_no_sighting_is_lost_or_doubled(server, nodes, tmp_path):
    db = server.new_database()
    with ray_cameras.watched(tmp_path, db, nodes) as watching:
        watching.wait_until_live()
        watching.wait_until_named()
        placed = {name: camera["machine"] for name, camera in watching.health().items()}
        assert len({*placed.values()}) == 2, "each node watches one"
        before = {one.camera: one for one in watching.named()}
        for name in CAMERAS:  # one application shows both, whichever node they are on
            assert f"/cameras/{name}/frame" in watching.page("/live")
            assert from_jpeg(watching.picture(name)).shape[:2] == (360, 640)
            watching.wait("he is told below the picture", lambda name=name: NAME in watching.page(f"/live/{name}"))
        assert "The machines of a cluster watch these cameras" in watching.page("/cameras")

        _, lost = watching.kill_a_node(nodes, "door")
        assert lost == ["door"]
        watching.wait("he is shown again", lambda: NAME in watching.page("/live/door") and watching.picture("door"))
        watching.wait_until_named()
        after = {one.camera: one for one in watching.named()}
        assert len(watching.named()) == len(CAMERAS), "each camera has one sighting of him, which goes on"
        assert {name: (one.id, one.first_seen) for name, one in after.items()} == {
            name: (one.id, one.first_seen) for name, one in before.items()
        }
        metrics = watching.metrics()
        for name in CAMERAS:
            assert f'doorman_camera_state{{camera="{name}",doorman_camera_state="live"}} 1.0' in metrics
            assert f'doorman_camera_machine_info{{camera="{name}",machine="{placed["garden"]}"}} 1.0' in metrics

        assert watching.end() == 130
    said = "\n".join(watching.said)
    assert f"door: watched by {placed['door']}." in said
    assert f"door: watched by {placed['garden']}." in said
    assert "Traceback" not in said and "(raylet)" not in said
    with Database.open_to_read(db) as database:
        last = [event for event in database.events() if event.reason == "The watch ended."]
        told = [(event.camera, event.event, event.track, event.time) for event in database.events()]
    assert {event.event for event in last} <= {"left"}, "whoever was there has left when it was ended"
    assert len({*told}) == len(told), "no event is told twice"
    assert {one.person for one in watching.named()} == {NAME}


def test_cameras_ask_a_gallery_in_shards(server, nodes, tmp_path):
    with ray_cameras.watched(tmp_path, server.new_database(), nodes, "shards = 2") as watching:
        watching.wait_until_live()
        watching.wait_until_named()
        assert watching.end() == 130
    assert "Traceback" not in "\n".join(watching.said)

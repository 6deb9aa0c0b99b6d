"""Several real cameras in one process: what happens to one does not touch the others."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rtsp import Server, has_gstreamer

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not has_gstreamer(),
        reason="needs GStreamer (Debian: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly)",
    ),
]

SOON = 400.0  # seconds after which a test has failed


@pytest.fixture
def servers() -> Iterator[dict[str, Server]]:
    started = {name: Server() for name in ("door", "garden")}
    yield started
    for server in started.values():
        server.close()


def lines(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def seen(log: Path, camera: str) -> int:
    return sum(line["camera"] == camera for line in lines(log))


def test_one_that_dies_and_comes_back_does_not_touch_the_others(servers, tmp_path):
    log, events = tmp_path / "log.jsonl", tmp_path / "events.jsonl"
    sources = [f"{name}={server.url()}" for name, server in servers.items()]
    nowhere = "yard=rtsp://user:secret@127.0.0.1:9/x"
    outputs = ["--log", str(log), "--events", str(events), "--db", "sqlite://", "--no-window"]
    program = subprocess.Popen(
        [sys.executable, "run.py", "watch", *sources, nowhere, *outputs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + SOON

    def wait_for(camera: str, more: int = 20) -> None:
        goal = seen(log, camera) + more
        while seen(log, camera) < goal:
            assert program.poll() is None, program.communicate()
            assert time.monotonic() < end, f"{camera} gives no more pictures"
            time.sleep(0.1)

    try:
        wait_for("door")
        wait_for("garden")
        servers["door"].kill()
        wait_for("garden", more=50)
        servers["door"].start()
        wait_for("door")
        program.send_signal(signal.SIGINT)
        told = "".join(program.communicate(timeout=120))
    finally:
        program.kill()
    assert program.returncode == 130
    assert "secret" not in told + events.read_text()
    assert {event["event"] for event in lines(events) if event["camera"] == "door"} == {"camera_lost", "camera_back"}
    assert {event["camera"] for event in lines(events)} >= {"door", "yard"}  # a busy computer may lose others, too
    for camera in servers:
        frames = [line["frame"] for line in lines(log) if line["camera"] == camera]
        assert frames == sorted(set(frames))

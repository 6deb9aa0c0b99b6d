"""A run that is ended from outside keeps what it has."""

import json
import signal
import subprocess
import sys
import time

import av
import pytest

from db import Database
from stream.cli.demo import CLIP

pytestmark = pytest.mark.end_to_end

PATIENCE = 100  # seconds until the run is in the middle
FRAMES = 30  # of 275


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_video_log_and_sightings_are_whole(tmp_path, sent, status):
    command = [sys.executable, "run.py", "watch", str(CLIP), "--db", str(tmp_path / "db")]
    outputs = ["--out", str(tmp_path / "out.mp4"), "--log", str(tmp_path / "log.jsonl")]
    process = subprocess.Popen([*command, *outputs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    growing = tmp_path / "log.jsonl.part"
    deadline = time.monotonic() + PATIENCE
    while not (growing.exists() and growing.read_text().count("\n") >= FRAMES):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(sent)
    _, told = process.communicate(timeout=30)
    assert process.returncode == status
    assert "Traceback" not in told
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert FRAMES <= len(lines) < 275
    with av.open(tmp_path / "out.mp4") as video:
        assert sum(1 for _ in video.decode(video=0)) >= FRAMES - 1
    with Database.open(tmp_path / "db") as database:
        assert database.sightings()
        assert all(seen.last_seen > seen.first_seen for seen in database.sightings())

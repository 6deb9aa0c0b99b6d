"""A run that is ended from outside keeps what it has."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from db import Database
from stream.cli.demo import CLIP

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

PATIENCE = 240  # seconds until the run is in the middle, and until it has ended
FRAMES = 30
TIMES = 20  # that the clip is shown: the run shall not have ended by itself


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory) -> Path:
    """The demo clip, again and again."""
    path = tmp_path_factory.mktemp("clips") / "long.mp4"
    with av.open(CLIP) as clip, av.open(path, "w") as film:
        [shown] = clip.streams.video
        written = film.add_stream_from_template(shown)
        for number in range(TIMES):
            clip.seek(0)
            for packet in clip.demux(shown):
                if packet.dts is None:  # the end
                    continue
                packet.pts += number * shown.duration
                packet.dts += number * shown.duration
                packet.stream = written
                film.mux(packet)
    return path


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_video_log_and_sightings_are_whole(long_clip, tmp_path, sent, status):
    command = [sys.executable, "run.py", "watch", str(long_clip), "--db", str(tmp_path / "db")]
    outputs = ["--out", str(tmp_path / "out.mp4"), "--log", str(tmp_path / "log.jsonl")]
    process = subprocess.Popen([*command, *outputs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    growing = tmp_path / "log.jsonl.part"
    deadline = time.monotonic() + PATIENCE
    while not (growing.exists() and growing.read_text().count("\n") >= FRAMES):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(sent)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == status
    assert "Traceback" not in told
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert FRAMES <= len(lines) < TIMES * 275
    with av.open(tmp_path / "out.mp4") as video:
        assert sum(1 for _ in video.decode(video=0)) >= FRAMES - 1
    with Database.open(tmp_path / "db") as database:
        assert database.sightings()
        assert all(seen.last_seen > seen.first_seen for seen in database.sightings())

"""Worker processes do chunks in order, and are replaced when they die."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from db.sightings.recordings import Recording
from stream.cluster.chunk_watcher import Watched
from stream.cluster.chunks import Chunk
from stream.cluster.job import Job
from stream.cluster.local import TRIES, local_workers
from stream.errors import StreamError
from stream.settings.cameras import CameraSettings
from tests.people import at
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
PATIENCE = 240.0  # seconds for a process to begin, and to end
CHUNKS = [Chunk(Recording("film", "door", at(0)), 10.0 * number, 10.0 * number + 10, (), False) for number in range(6)]


def job(folder: Path) -> Job:
    return Job(str(folder), CameraSettings(source=""))


def count(job: Job, chunk: Chunk) -> Watched:
    """The first is the slowest; all say which they are, and with how many threads they may do it."""
    time.sleep(0.5 if chunk.begins == 0 else 0)
    return Watched((), {}, {}, int(chunk.begins), problems=(os.environ["OMP_NUM_THREADS"],))


def die_once(job: Job, chunk: Chunk) -> Watched:
    grave = Path(job.db) / "grave"
    if chunk.begins == 20 and not grave.exists():
        grave.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return count(job, chunk)


def die(job: Job, chunk: Chunk) -> Watched:
    (Path(job.db) / str(time.monotonic_ns())).touch()
    os._exit(1)


def refuse(job: Job, chunk: Chunk) -> Watched:
    raise StreamError("It cannot be done.")


@pytest.mark.parametrize("do", [count, die_once])
def test_chunks_come_back_in_their_order_though_a_worker_dies(do, tmp_path):
    with local_workers(job(tmp_path), 2, do) as results:
        done = list(results(iter(CHUNKS)))
    assert [chunk for chunk, _ in done] == CHUNKS
    assert [watched.frames for _, watched in done] == [0, 10, 20, 30, 40, 50]
    assert {watched.problems for _, watched in done} == {("1",)}
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_chunk_with_which_workers_die_again_and_again_ends_it(tmp_path):
    with (
        pytest.raises(StreamError, match=rf"film, 0 s to 10 s died {TRIES} times: give them more memory"),
        local_workers(job(tmp_path), 1, die) as results,
    ):
        list(results(iter(CHUNKS)))
    assert len(list(tmp_path.iterdir())) == TRIES


def test_what_a_worker_raises_is_raised(tmp_path):
    with pytest.raises(StreamError, match="It cannot be done"), local_workers(job(tmp_path), 1, refuse) as results:
        list(results(iter(CHUNKS)))


def test_only_workers_end_with_their_work(tmp_path):
    other = get_context("spawn").Process(target=time.sleep, args=(600,))
    other.start()
    try:
        with local_workers(job(tmp_path), 1, count) as results:
            next(results(iter(CHUNKS)))
        assert other.is_alive()
    finally:
        other.kill()
        other.join(PATIENCE)


SLEEPER = """
from pathlib import Path
from tests.stream.cluster import test_local as here
with here.local_workers(here.job(Path({folder!r})), 1, here.sleep) as results:
    list(results(iter(here.CHUNKS)))
"""


def sleep(job: Job, chunk: Chunk) -> Watched:
    (Path(job.db) / "pid").write_text(str(os.getpid()))
    time.sleep(600)
    return Watched((), {}, {})


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_do_not_outlive_whoever_started_them(number, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"if __name__ == '__main__':{SLEEPER.format(folder=str(tmp_path))}".replace("\n", "\n    "))
    program = subprocess.Popen(
        [sys.executable, script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
    )
    pid = tmp_path / "pid"
    wait_for(lambda: pid.exists() and pid.read_text(), seconds=PATIENCE)
    program.send_signal(number)
    program.wait(PATIENCE)
    wait_for(lambda: not Path(f"/proc/{pid.read_text()}").exists(), seconds=PATIENCE)

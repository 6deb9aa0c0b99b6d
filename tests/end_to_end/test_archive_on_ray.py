"""An archive watched by the machines of a Ray cluster, with PostgreSQL: what one worker here tells, whoever dies."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db import Database
from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from stream.cluster.chunk_tasks import watch_chunk
from stream.cluster.on_ray import connected, program
from stream.errors import StreamError
from tests import postgresql, ray_cluster
from tests.archives import DETECTOR, FPS, loop

pytestmark = [pytest.mark.end_to_end, pytest.mark.cluster, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
SECONDS = 26


@pytest.fixture(scope="module")
def nodes() -> Iterator[ray_cluster.TwoNodes]:
    with ray_cluster.running() as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    with postgresql.running_or_skipped() as started:
        yield started


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return loop(tmp_path_factory.mktemp("films") / "door.mp4", SECONDS, FPS)


def doorman(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of its own: what starts the nodes here starts threads that no process must be forked beside."""
    return subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def archived(film: Path, db: str, *more: str) -> list:
    """Enrol the man of the clip, watch the film, and tell what was written."""
    portrait = film.with_name(f"{NAME}.jpg")
    portrait.write_bytes(to_jpeg(cut_out(CLIP)))
    assert doorman("enroll", str(portrait), "--db", db).returncode == 0
    done = doorman("archive", str(film), "--db", db, "--chunk", "0.1", "--json", *DETECTOR, *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["recordings"] == 1
    with Database.open_to_read(db) as database:
        return [database.sightings(), database.events()]


def test_a_cluster_writes_what_one_worker_does_though_a_worker_and_a_node_are_killed(film, server, nodes, tmp_path):
    alone = archived(film, str(tmp_path / "people.db"), "--workers", "1")
    assert {one.person for one in alone[0]} == {NAME, None}
    killed = []

    def kill() -> None:
        killed.append(nodes.kill_a_worker("ray::watch_chunk"))
        killed.append(nodes.kill_a_worker("ray::watch_chunk"))
        nodes.kill_a_node()

    killer = threading.Thread(target=kill)
    killer.start()
    together = archived(film, server.new_database(), "--ray", nodes.address)
    killer.join()
    assert len(killed) == 2
    assert together == alone


@pytest.mark.timeout(1800)
def test_workers_ask_a_gallery_in_shards(server, nodes, tmp_path):
    film, config = loop(tmp_path / "door.mp4", SECONDS // 2, FPS), tmp_path / "archive.toml"
    config.write_text("shards = 2")
    while len(nodes.nodes) < 3:  # two for the shards, one that watches
        nodes.add_a_node()
    alone = archived(film, str(tmp_path / "people.db"), "--workers", "1")
    together = archived(film, server.new_database(), "--ray", nodes.address, "--config", str(config))
    assert [replace(one, similarity=None) for one in together[0]] == [replace(one, similarity=None) for one in alone[0]]
    assert [replace(one, similarity=None) for one in together[1]] == [replace(one, similarity=None) for one in alone[1]]
    similarities = [[one.similarity or 0.0 for one in events] for _, events in (together, alone)]
    assert similarities[0] == pytest.approx(similarities[1], abs=1e-5), "products of other sizes are rounded otherwise"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("127.0.0.1:1", "No Ray cluster answers at 127.0.0.1:1: start one"),
        ("nonsense", "No Ray cluster answers at nonsense: start one"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence(address, sentence):
    with pytest.raises(StreamError, match=sentence), connected(address):
        pass


def test_a_machine_with_another_version_is_told():
    with pytest.raises(StreamError, match=r"has Doorman .*, and not Doorman 0\.0\.1: install the same on all"):
        watch_chunk(None, "Doorman 0.0.1", None)  # type: ignore[arg-type]
    assert "schema" in program()

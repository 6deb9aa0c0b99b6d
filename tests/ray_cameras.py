"""Two cameras that the nodes of a Ray cluster watch, with PostgreSQL: what the tests and the bench of it share."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import av

from db import Database, Sighting
from models.images import to_jpeg
from stream.cli.demo import CLIP, NAME, cut_out
from tests import ray_cluster
from tests.ports import held_port

ROOT = Path(__file__).parents[1]
CAMERAS = ("door", "garden")
FPS = 10
# The clip's frames that are shown: for five seconds, slowly, those in which the man faces the camera, and then some
# others, since who looks the same for longer is a picture.
SHOWN = [*(84 + 62 * step // 50 for step in range(50)), *range(150, 275, 12)]
PATIENCE = 600.0  # seconds, on a busy machine
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's GStreamer bindings are for

Health = dict[str, dict[str, Any]]


@contextmanager
def looping(folder: Path) -> Iterator[str]:
    """Cameras that show some of the demo clip again and again; gives the address that a camera's name is added to."""
    with av.open(CLIP) as file:
        pictures = [to_jpeg(frame.to_ndarray(format="bgr24")) for frame in file.decode(video=0)]
    for index, number in enumerate(SHOWN):
        (folder / f"{index:04}.jpg").write_bytes(pictures[number])
    script = ROOT / "tests/end_to_end/clip_server.py"
    command = [SYSTEM_PYTHON, script, folder, str(FPS), *CAMERAS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the server did not start"
            yield f"rtsp://127.0.0.1:{port}/"
        finally:
            process.kill()


class Watched:
    """`doorman watch --ray`, while it runs.

    Args:
        ports: of the metrics and of the pages.

    Attributes:
        said: the lines that it has printed.
        pages: the address of its web pages.
    """

    def __init__(self, config: Path, db: str, address: str, ports: tuple[int, int]) -> None:
        self._port, pages = ports
        self._db = db
        self.pages = f"http://127.0.0.1:{pages}"
        self.said: list[str] = []
        command = [sys.executable, "run.py", "watch", "--config", str(config), "--db", db, "--ray", address]
        self.process = subprocess.Popen(
            [*command, "--metrics", str(self._port), "--web", str(pages)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def health(self) -> Health:
        """How the cameras are, as the page tells; of none as long as there is no page."""
        try:
            with urlopen(f"http://127.0.0.1:{self._port}/healthz") as answer:
                return dict(json.load(answer)["cameras"])
        except HTTPError as answer:
            return dict(json.load(answer)["cameras"])
        except OSError:
            return {}

    def metrics(self) -> str:
        with urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
            return str(answer.read().decode())

    def page(self, address: str) -> str:
        """What the web pages have at an address."""
        with urlopen(f"{self.pages}{address}") as answer:
            return str(answer.read().decode())

    def picture(self, camera: str) -> bytes:
        """A JPEG of what a camera sees now, as the pages pull it."""
        with urlopen(f"{self.pages}/api/v1/cameras/{camera}/frame") as answer:
            return bytes(answer.read())

    def named(self) -> list[Sighting]:
        """The sightings of the man of the clip."""
        with Database.open_to_read(self._db) as database:
            return [one for one in database.sightings() if one.person == NAME]

    def wait(self, what: str, is_so: Callable[[], bool]) -> float:
        """Seconds until it is so."""
        began = time.monotonic()
        while not is_so():
            assert self.process.poll() is None, "\n".join(["it ended:", *self.said])
            assert time.monotonic() - began < PATIENCE, "\n".join([f"{what}: not so", str(self.health()), *self.said])
            time.sleep(0.1)
        return time.monotonic() - began

    def wait_until_live(self) -> float:
        """Seconds until all cameras are."""
        return self.wait("all live", lambda: bool(self.health()) and all(map(is_live, self.health().values())))

    def wait_until_named(self) -> float:
        """Seconds until the man is named before both cameras, or still is, from now on."""
        began = time.time()

        def is_so() -> bool:
            return {one.camera for one in self.named() if one.last_seen.timestamp() > began} == set(CAMERAS)

        return self.wait("named", is_so)

    def kill_a_node(self, nodes: ray_cluster.TwoNodes, camera: str) -> tuple[float, list[str]]:
        """Kill the node that watches a camera; returns the seconds until all that it watched are live again, and
        which those are."""
        before = self.health()
        machine = before[camera]["machine"]
        lost = [name for name in CAMERAS if before[name]["machine"] == machine]
        nodes.kill_a_node(machine.partition("(")[2].rstrip(")"))

        def is_so() -> bool:
            now = self.health()
            return all(now[name]["machine"] != machine and is_live(now[name]) for name in lost)

        return self.wait(f"{lost} live again", is_so), lost

    def end(self) -> int:
        """Ctrl-C; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self._reader.join()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said += map(str.rstrip, self.process.stdout)


def is_live(camera: dict[str, Any]) -> bool:
    """Whether there are pictures, though on a busy machine they may be searched too seldom, which is a problem told."""
    return camera["state"] in ("live", "still") and camera["age"] is not None


@contextmanager
def watched(folder: Path, db: str, nodes: ray_cluster.TwoNodes, *wishes: str) -> Iterator[Watched]:
    """The man of the clip is enrolled, and two cameras show him, each watched by a process of the cluster.

    Args:
        wishes: more lines of the settings file.
    """
    portrait, config, pictures = folder / f"{NAME}.jpg", folder / "cameras.toml", folder / "pictures"
    portrait.write_bytes(to_jpeg(cut_out(CLIP)))
    pictures.mkdir()
    enrolling = [sys.executable, "run.py", "enroll", str(portrait), "--db", db]
    subprocess.run(enrolling, cwd=ROOT, check=True, capture_output=True)
    with looping(pictures) as address, held_port() as metrics, held_port() as web:
        lines = ['detector = "yolov5n-face"', "ray_cameras = 1", "ray_cpus = 0.5", *wishes]
        lines += [f'[[camera]]\nname = "{name}"\nsource = "{address}{name}"' for name in CAMERAS]
        config.write_text("\n".join(lines))
        running = Watched(config, db, nodes.address, (metrics, web))
        try:
            yield running
        finally:
            running.process.kill()
            running.process.wait()

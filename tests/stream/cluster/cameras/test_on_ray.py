"""How a cluster is told to watch cameras, and asked how they are; Ray's part is a stand-in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from db import Event
from models.errors import PictureError
from stream.cluster.cameras import on_ray
from stream.cluster.cameras.on_ray import Cluster
from stream.cluster.cameras.shares import Share
from stream.cluster.cameras.status import WorkerStatus
from stream.cluster.on_ray import program, same_program_everywhere
from stream.errors import StreamError, UnknownCameraError
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from tests.people import at
from tests.stream.cluster.cameras.statuses import DOOR

DEAD = "The actor died.\n  File worker.py\nstream.errors.StreamError: The machine shop-2 has Doorman 0.0.1: install it."


class RayError(Exception): ...


class RayTaskError(RayError):
    """What was raised elsewhere."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


class Ray:
    """Answers at once, with what a test says; knows what was begun, ended and killed.

    Args:
        answer: what a process tells, by how many were begun before it, or raises.

    Attributes:
        heard: whether events were wanted, at each question how a process is.
    """

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, answer: Callable[[int], WorkerStatus]) -> None:
        self._answer = answer
        self.begun: list[tuple[Any, ...]] = []
        self.wishes: dict[str, Any] = {}
        self.ended: list[int] = []
        self.killed: list[int] = []
        self.heard: list[bool] = []

    def remote(self, _: type) -> "Ray":
        return self

    def options(self, **wishes: Any) -> SimpleNamespace:
        self.wishes = wishes
        return SimpleNamespace(remote=self._begin)

    def wait(self, asked: list[object], num_returns: int, timeout: float) -> tuple[list[object], list[object]]:
        assert num_returns == len(asked) and timeout
        return asked, []

    def get(self, answer: Any, timeout: float | None = None) -> Any:
        return answer()

    def kill(self, worker: SimpleNamespace) -> None:
        self.killed.append(worker.number)

    def _begin(self, *given: Any) -> SimpleNamespace:
        number = len(self.begun)
        self.begun.append(given)
        return SimpleNamespace(
            number=number,
            status=SimpleNamespace(remote=lambda hearing: self.heard.append(hearing) or (lambda: self._answer(number))),
            newest=SimpleNamespace(options=lambda **wishes: SimpleNamespace(remote=partial(self._newest, wishes))),
            end=SimpleNamespace(remote=lambda: self.ended.append(number)),
        )

    def _newest(self, wishes: dict[str, Any], camera: str, after: int | None) -> Callable[[], Any]:
        assert wishes == {"max_task_retries": 0}, "nobody waits for it until the process is begun anew"
        answers = {1: lambda: (camera, after), 2: partial(self._raise, RayError()), None: lambda: None}
        return answers.get(after) or partial(self._raise, RayTaskError(PictureError("It is gone.")))

    def _raise(self, error: Exception) -> None:
        raise error


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(on_ray, "EVERY", 0.01)
    monkeypatch.setattr(on_ray, "AGAIN", 0.0)


def share(*names: str) -> Share:
    cameras = tuple(CameraSettings(source=f"rtsp://host/{name}", name=name) for name in names)
    return Share(Settings(camera=cameras), Path())


def ended(*names: str, late: float = 0.0) -> WorkerStatus:
    cameras = tuple(replace(DOOR, name=name) for name in names)
    return WorkerStatus("shop-1", datetime.now(UTC) - timedelta(seconds=late), cameras, ended=True)


def test_each_share_is_a_process_that_is_begun_elsewhere_without_end():
    ray = Ray(lambda number: ended(["door", "hall"][number]))
    cluster = Cluster(ray, [share("door"), share("hall")], [1.0])
    assert list(cluster.run()) == [
        "Cameras: 2, processes: 2.",
        "door: watched by shop-1.",
        "hall: watched by shop-1.",
    ]
    assert [given[0].cameras for given in ray.begun] == [("door",), ("hall",)]
    assert ray.begun[0][1] == program()
    assert (ray.wishes["num_cpus"], ray.wishes["max_restarts"], ray.wishes["max_task_retries"]) == (0.5, -1, -1)
    assert ray.killed == [0, 1], "who has watched all there was is not begun again"


def test_a_process_that_cannot_begin_is_told_of_and_tried_again():
    def answer(number: int) -> WorkerStatus:
        if number == 0:
            raise RayError(DEAD)
        return ended("door")

    cluster = Cluster(Ray(answer), [share("door")], [1.0])
    assert list(cluster.run())[1:] == [
        "door: The machine shop-2 has Doorman 0.0.1: install it.",
        "door: watched by shop-1.",
    ]


def test_wrong_clocks_and_too_few_cpus_are_told_once():
    ray = Ray(lambda number: replace(ended("door", late=60.0), ended=len(ray.begun) > 5 or next(turns) > 2))
    turns = iter(range(9))
    told = list(Cluster(ray, [share("door")], [0.0]).run())
    assert "too few CPUs for all cameras: 1 wait" in told[1]
    assert sum("differ by 60 s" in sentence for sentence in told) == 1


def test_whoever_watches_a_camera_is_asked_about_it():
    ray = Ray(lambda number: replace(ended(["door", "hall"][number]), ended=False))
    cluster = Cluster(ray, [share("door"), share("hall")], [2.0])
    with pytest.raises(StreamError, match="Nothing is heard from the machine that watches hall: wait a moment"):
        cluster.ask("newest", "hall", 1)
    running = cluster.run()
    next(running), next(running)
    assert cluster.ask("newest", "hall", 1) == ("hall", 1)
    assert cluster.ask("newest", "door", None) is None
    with pytest.raises(StreamError, match="Nothing is heard from the machine that watches hall"):
        cluster.ask("newest", "hall", 2)
    with pytest.raises(PictureError, match=r"^It is gone\.$"):
        cluster.ask("newest", "hall", 3)
    with pytest.raises(UnknownCameraError, match=r"No camera is called attic \(there are: door, hall\)"):
        cluster.ask("newest", "attic", 1)


def test_events_are_asked_for_only_while_somebody_hears_of_them():
    event = Event(at(0), "door", "entered", 1)
    ray = Ray(lambda _: replace(ended("door"), ended=len(ray.heard) > 2, events=(event,) if ray.heard[-1] else ()))
    cluster, told = Cluster(ray, [share("door")], [1.0]), []
    running = cluster.run()
    next(running), next(running)
    with cluster.hearing(told.append):
        list(running)
    assert (ray.heard, told) == ([False, True, True], [event, event])


def test_shards_of_the_gallery_are_told_to_all_processes_and_take_their_part_of_the_machines():
    ray = Ray(lambda number: ended(["door", "hall"][number]))
    told = list(
        Cluster(ray, [share("door"), share("hall")], [1.0, 1.0], shards=dict.fromkeys(["one", "two", "three"])).run()
    )
    assert [given[2] for given in ray.begun] == [("one", "two", "three")] * 2
    assert "too few CPUs for all cameras: 1 wait" in told[1]


def test_they_end_in_order():
    ray = Ray(lambda _: replace(ended("door"), ended=False))
    cluster = Cluster(ray, [share("door")], [1.0])
    cluster.end()
    assert ray.ended == [], "of which nothing is known"
    running = cluster.run()
    next(running), next(running)
    cluster.end()
    assert ray.ended == [0]


def test_a_machine_that_cannot_run_the_program_is_told():
    class Checking:
        exceptions = SimpleNamespace(RayError=RayError)
        util = SimpleNamespace(
            scheduling_strategies=SimpleNamespace(NodeAffinitySchedulingStrategy=lambda node, soft: (node, soft))
        )

        def __init__(self, problem: Exception) -> None:
            self._problem = problem
            self.asked: list[object] = []

        def remote(self, **_: Any) -> Callable[[Any], SimpleNamespace]:
            return lambda _: SimpleNamespace(options=lambda **wish: SimpleNamespace(remote=lambda _: self._ask(**wish)))

        def _ask(self, scheduling_strategy: tuple[str, bool]) -> object:
            self.asked.append(scheduling_strategy)
            return object()

        def get(self, _: object) -> None:
            raise self._problem

    nodes = [
        {"NodeID": "1a", "NodeManagerHostname": "shop-1", "Resources": {}},
        {"NodeID": "2b", "NodeManagerHostname": "shop-2", "Resources": {"CPU": 2.0}},
    ]
    ray = Checking(RayError("ModuleNotFoundError: No module named 'stream'\nmore"))
    with pytest.raises(StreamError, match=r"The machine shop-2 cannot run Doorman .* \(ModuleNotFoundError: No module"):
        same_program_everywhere(ray, nodes)
    assert ray.asked == [("2b", False)], "a head that does no work need not have it"
    other = RayError()
    other.cause = StreamError("The machine shop-2 has Doorman 0.0.1.")
    with pytest.raises(StreamError, match=r"^The machine shop-2 has Doorman 0\.0\.1\.$"):
        same_program_everywhere(Checking(other), nodes)

"""Figures of a running program's cameras for Prometheus, and whether all is well with them."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sized
from contextlib import suppress
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, StateSetMetricFamily
from prometheus_client.registry import Collector

from db import DatabaseError
from stream.frame import View
from stream.monitoring.status import CameraStatus, Watchman
from stream.sources.cameras.state import State
from stream.sources.source import Source

DETECTIONS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.0)  # seconds
AGES = (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)  # seconds


class Metrics(Collector):
    """Gathers the figures of all cameras; any thread may tell and ask.

    Args:
        clock: seconds, never falling; the clock of the live sources and of `shown`.
        queues: where events wait, by the name of their sink.

    Attributes:
        registry: what Prometheus asks.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, queues: Mapping[str, Sized] | None = None) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._queues = queues or {}
        self._lock = threading.Lock()
        self._cameras: dict[str, Watchman] = {}
        self._frames = Counter("doorman_frames_shown", "Frames shown.", ["camera"], registry=self.registry)
        self._age = Histogram(
            "doorman_frame_age_seconds",
            "From a live frame's arrival to its being shown.",
            ["camera"],
            buckets=AGES,
            registry=self.registry,
        )
        self._detection = Histogram(
            "doorman_detection_seconds",
            "What the search of one frame for faces took.",
            ["camera"],
            buckets=DETECTIONS,
            registry=self.registry,
        )
        self._searches = Counter(
            "doorman_searches",
            "Searches for faces, by why and how closely the schedule chose to look, and at the whole picture or less.",
            ["camera", "reason", "size", "whole"],
            registry=self.registry,
        )
        self.registry.register(self)

    def add_camera(self, source: Source) -> None:
        """Tell of this source from now on; another of its name is forgotten."""
        with self._lock:
            self._cameras[source.name] = Watchman(source, self._clock)

    def forget_camera(self, name: str) -> None:
        """Tell of it no more."""
        with self._lock:
            self._cameras.pop(name, None)

    def shown(self, view: View) -> None:
        """Count a view of an added camera, shown just now."""
        frame = view.frame
        now = self._clock()
        with self._lock:
            camera = self._cameras.get(frame.camera)
            if camera is None:  # forgotten meanwhile
                return
            camera.note(view)
        self._frames.labels(frame.camera).inc()
        if frame.arrived is not None:
            self._age.labels(frame.camera).observe(now - frame.arrived)
        if view.detected and view.detection_seconds is not None:
            self._detection.labels(frame.camera).observe(view.detection_seconds)
        if view.detected and view.scan is not None:
            size = view.scan.size or "auto"
            whole = str(view.scan.is_whole).lower()
            self._searches.labels(frame.camera, view.scan.reason, size, whole).inc()

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment, for the registry."""
        return [*figures(self._statuses()), self._waiting()]

    def _waiting(self) -> Metric:
        waiting = GaugeMetricFamily("doorman_events_waiting", "Events that could not be sent yet.", labels=["sink"])
        for sink, queue in self._queues.items():
            with suppress(DatabaseError):  # it is full, say: no figure is better than no page
                waiting.add_metric([sink], len(queue))
        return waiting

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether the pictures of any camera come and are processed, and how each is, for JSON; see `health_of`."""
        return health_of(self._statuses())

    def _statuses(self) -> list[CameraStatus]:
        with self._lock:
            return [watchman.status() for watchman in self._cameras.values()]


def figures(cameras: Iterable[CameraStatus]) -> list[Metric]:
    """What is known of each camera, for Prometheus."""
    label = ["camera"]
    fps = GaugeMetricFamily("doorman_frames_per_second", "Frames shown a second, lately.", labels=label)
    detections = GaugeMetricFamily("doorman_detections_per_second", "Detections a second, lately.", labels=label)
    tracks = GaugeMetricFamily("doorman_tracks", "Faces that are followed.", labels=label)
    named = GaugeMetricFamily("doorman_named_faces", "Faces followed that have a name.", labels=label)
    dropped = CounterMetricFamily("doorman_frames_dropped", "Frames that a newer one replaced.", labels=label)
    reconnects = CounterMetricFamily("doorman_reconnects", "Times that a lost camera came back.", labels=label)
    state = StateSetMetricFamily("doorman_camera_state", "How the camera is.", labels=label)
    for camera in cameras:
        name = [camera.name]
        fps.add_metric(name, camera.fps)
        detections.add_metric(name, camera.detections)
        tracks.add_metric(name, camera.faces)
        named.add_metric(name, camera.named)
        dropped.add_metric(name, camera.dropped)
        reconnects.add_metric(name, camera.reconnects)
        state.add_metric(name, {str(each): each is camera.state for each in State})
    return [fps, detections, tracks, named, dropped, reconnects, state]


def health_of(found: Collection[CameraStatus]) -> tuple[bool, dict[str, Any]]:
    """Whether any camera is well, and how each is, for JSON.

    The `status` is "ok" with all of them, "degraded" with some, "down" with none.
    """
    well = [camera.well for camera in found]
    cameras = {
        camera.name: {
            "state": camera.state,
            "problem": camera.problem,
            "age": None if camera.age is None else round(camera.age, 3),
        }
        for camera in found
    }
    status = "degraded"
    if not any(well):
        status = "down"
    elif all(well):
        status = "ok"
    return any(well), {"status": status, "cameras": cameras}

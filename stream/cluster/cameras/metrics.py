"""One page of figures for all cameras, whichever machine they are watched by."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.cluster.cameras.status import Placed
from stream.monitoring.metrics import figures, health_of


class ClusterMetrics(Collector):
    """What is known of all cameras, to be served by `stream.monitoring.serving.serve`.

    Args:
        cameras: tells how they are now; from any thread.

    Attributes:
        registry: what Prometheus asks.
    """

    def __init__(self, cameras: Callable[[], Sequence[Placed]]) -> None:
        self.registry = CollectorRegistry()
        self._cameras = cameras
        self.registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment, for the registry."""
        cameras = self._cameras()
        shown = CounterMetricFamily("doorman_frames_shown", "Frames processed.", labels=["camera"])
        machine = InfoMetricFamily("doorman_camera_machine", "By which machine it is watched.", labels=["camera"])
        for one in cameras:
            shown.add_metric([one.status.name], one.status.shown)
            machine.add_metric([one.status.name], {"machine": one.machine or ""})
        return [*figures([one.status for one in cameras]), shown, machine]

    def health(self) -> tuple[bool, dict[str, Any]]:
        """See `stream.monitoring.metrics.health_of`; each with its machine."""
        cameras = self._cameras()
        is_well, found = health_of([one.status for one in cameras])
        for one in cameras:
            found["cameras"][one.status.name]["machine"] = one.machine
        return is_well, found

"""A Ray cluster of the tests' own: two nodes of one CPU, at the machine's own address, since Ray takes no loopback."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# A node that died is known to be dead within some seconds; and workers are as important as whatever else runs here.
SYSTEM = {
    "worker_niceness": 0,
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 1000,
    "health_check_timeout_ms": 2000,
    "health_check_failure_threshold": 3,
}


class TwoNodes:
    """Two nodes, and a head that does no work."""

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster
        self.address: str = cluster.address
        self.nodes = [self._node(), self._node()]

    def kill_a_worker(self, called: str, patience: float = 240.0) -> int:
        """Kill -9 one that does what it is called, once there is one; returns its process id."""
        raylets = {node.all_processes["raylet"][0].process.pid for node in self.nodes}
        end = time.monotonic() + patience
        while time.monotonic() < end:
            for process in Path("/proc").glob("[0-9]*"):
                if _title(process).startswith(called) and _parent(process) in raylets:
                    os.kill(int(process.name), signal.SIGKILL)
                    return int(process.name)
            time.sleep(0.1)
        raise AssertionError(f"nobody was {called} within {patience} s")

    def kill_a_node(self, number: str = "") -> None:
        """All processes of the last one, or of the last whose number is told to begin so, with kill -9."""
        node = next(node for node in reversed(self.nodes) if node.node_id.startswith(number))
        self.nodes.remove(node)
        self._cluster.remove_node(node, allow_graceful=False)

    def add_a_node(self, **environment: str) -> None:
        """One more, with some variables of the environment."""
        self.nodes.append(self._node(**environment))

    def _node(self, **environment: str) -> Any:
        return self._cluster.add_node(num_cpus=1, object_store_memory=100 * 2**20, env_vars=environment)


@contextmanager
def running() -> Iterator[TwoNodes]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    head = {
        "num_cpus": 0,
        "include_dashboard": False,
        "object_store_memory": 100 * 2**20,
        "_system_config": SYSTEM,
    }
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        yield TwoNodes(cluster)
    finally:
        cluster.shutdown()


def _title(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:  # it has ended
        return ""


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0

"""The machines of a Ray cluster: reached, known, and seen to have the same program."""

import os
import platform
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from db.schema.engine import database_url, file_of
from db.schema.migration import VERSION
from models.errors import without_extra
from stream.errors import StreamError

REACHED = 5.0  # seconds within which an address must answer


@contextmanager
def connected(address: str) -> Iterator[ModuleType]:
    """Ray, connected to the cluster of an address (host:port, ray://host:port, or auto), within a `with` block.

    Raises:
        StreamError: Ray is not installed, no cluster answers there, or it is of another version.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
    os.environ.setdefault("RAY_gcs_server_port_wait_time_s", "1")  # one try; it takes a minute, and there would be 20
    try:
        import ray
    except ModuleNotFoundError as error:
        raise StreamError(f"Ray is not installed: {without_extra('cluster')}") from error
    try:
        _knock(address)
        ray.init(address=address, log_to_driver=False, logging_level="error")
        ray._private.worker._worker_logs_enabled = False  # it would print of workers that died to where JSON goes
    except (ConnectionError, OSError, ValueError) as error:
        raise StreamError(
            f"No Ray cluster answers at {address}: start one with `ray start --head`, or correct the address."
        ) from error
    except RuntimeError as error:
        raise StreamError(
            f"The Ray cluster at {address} cannot be used ({first_line(error)}): "
            "install the same versions of Python and Ray on all machines."
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Find out at once whether anybody is there: Ray would wait for a minute, and end the program."""
    host, separator, port = address.removeprefix("ray://").rpartition(":")
    if separator:
        socket.create_connection((host, int(port)), REACHED).close()


def refuse_file(ray: ModuleType, db: str) -> list[dict[str, Any]]:
    """The nodes of a cluster; raises StreamError where they are on machines that cannot read the gallery, a file."""
    nodes = nodes_of(ray)
    check_place(db, len({node["NodeManagerAddress"] for node in nodes}))
    return nodes


def nodes_of(ray: ModuleType) -> list[dict[str, Any]]:
    """The nodes of a cluster that are there, as Ray describes them."""
    return [node for node in ray.nodes() if node["Alive"]]


def cpus_of(nodes: Sequence[Mapping[str, Any]]) -> list[float]:
    """How many CPUs each has."""
    return [float(node["Resources"].get("CPU", 0)) for node in nodes]


def check_place(db: str, machines: int) -> None:
    """See to it that so many machines can reach the gallery.

    Raises:
        StreamError: it is a file, which only one of them has.
    """
    if machines > 1 and file_of(database_url(db)) is not None:
        raise StreamError("Other machines cannot read an SQLite file: name a PostgreSQL server with --db.")


def check_program(wanted: str) -> None:
    """See to it that this machine has the program that is wanted.

    Raises:
        StreamError: it has another version.
    """
    if program() != wanted:
        raise StreamError(f"The machine {platform.node()} has {program()}, and not {wanted}: install the same on all.")


def same_program_everywhere(ray: ModuleType, nodes: Sequence[Mapping[str, Any]]) -> None:
    """See to it that all machines that work have the program, and this version of it.

    Raises:
        StreamError: one has not.
    """
    check = ray.remote(num_cpus=0)(check_program)
    at = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
    asked = {
        check.options(scheduling_strategy=at(node["NodeID"], soft=False)).remote(program()): node["NodeManagerHostname"]
        for node in nodes
        if node["Resources"].get("CPU")
    }
    for answer, machine in asked.items():
        try:
            ray.get(answer)
        except ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None)
            if isinstance(cause, StreamError):
                raise cause from None
            raise StreamError(
                f"The machine {machine} cannot run {program()} ({first_line(error)}): install the same on all."
            ) from error


def program() -> str:
    """This program and its version, for messages.

    Raises:
        StreamError: it runs from a folder, and is not installed.
    """
    try:
        return f"Doorman {version('doorman')} (schema {VERSION})"
    except PackageNotFoundError as error:
        raise StreamError(
            f"Doorman is not installed on the machine {platform.node()}, and Ray finds only what is: "
            "run `pip install -e '.[cluster]'` in its folder."
        ) from error


def first_line(error: BaseException) -> str:
    """What of Ray's account of an error can stand in a sentence."""
    return str(error).strip().partition("\n")[0]

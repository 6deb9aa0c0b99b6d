"""kill -9 of a whole node of a Ray cluster: after how long are its cameras live again, and what is lost or doubled?

    python -m tests.bench.node_kills --kills 10

Two nodes on this machine, two cameras (an RTSP server that loops some of the demo clip) with YOLOv5n, and PostgreSQL.
The node that watches the first camera is killed, and replaced by a new one when its cameras are live again.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tests import postgresql, ray_cameras, ray_cluster
from tests.bench.common import Row, Skipped, console, report, run
from tests.ray_cameras import CAMERAS, Watched
from tests.rtsp import has_gstreamer

SOON = 15.0  # seconds within which they are to be live again


def kills(watching: Watched, nodes: ray_cluster.TwoNodes, count: int) -> list[Row]:
    """Kill so often; what each time came of it."""
    start = watching.wait_until_live()
    named = start + watching.wait_until_named()
    begun = {"kill": "the start", "cameras": len(CAMERAS), "live after s": start, "named after s": named}
    rows: list[Row] = [begun | {"lost": 0, "doubled": 0}]
    for number in range(1, count + 1):
        before = {one.id for one in watching.named()}
        seconds, lost = watching.kill_a_node(nodes, CAMERAS[0])
        named = watching.wait_until_named()
        after = {one.id for one in watching.named()}
        rows.append(
            {
                "kill": number,
                "cameras": len(lost),
                "live after s": seconds,
                "named after s": seconds + named,
                "lost": len(before - after),
                "doubled": len(after - before),
            }
        )
        console.print(f"Kill {number}: live again after {seconds:.1f} s.")
        nodes.add_a_node()
    return rows


def main(count: Annotated[int, typer.Option("--kills", help="how often a node is killed")] = 10) -> None:
    def bench() -> None:
        if not has_gstreamer():
            raise Skipped("it needs GStreamer's RTSP server (Debian: gir1.2-gst-rtsp-server-1.0)")
        try:
            with (
                postgresql.running() as server,
                ray_cluster.running() as nodes,
                TemporaryDirectory() as folder,
                ray_cameras.watched(Path(folder), server.new_database(), nodes) as watching,
            ):
                rows = kills(watching, nodes, count)
        except LookupError as reason:
            raise Skipped(str(reason)) from None
        soon = sum(row["live after s"] <= SOON for row in rows[1:])
        report("node_kills", f"A node was killed: {soon} of {count} times live again within {SOON:.0f} s", rows)

    run(bench)


if __name__ == "__main__":
    typer.run(main)

"""Workers on the machines of a Ray cluster: each chunk is a task, done again elsewhere when its machine dies."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from types import ModuleType

from stream.cluster.archive import Results
from stream.cluster.chunk_watcher import Watched
from stream.cluster.chunks import Chunk
from stream.cluster.job import Job
from stream.cluster.local import AHEAD, TRIES, watch
from stream.cluster.on_ray import check_program, connected, cpus_of, first_line, program, refuse_file
from stream.cluster.shards import begun, left_beside
from stream.errors import StreamError
from stream.gallery.embedder import embedder_at


@contextmanager
def ray_workers(job: Job, address: str, count: int | None, shards: int = 0) -> Iterator[Results]:
    """Workers on a cluster, within a `with` block: by default as many as it has CPUs.

    Each chunk is a task: whoever dies, it is done again wherever there is room, also where fewer CPUs are left than
    there were.

    Args:
        shards: in which the cluster holds the gallery, where each worker is not to.

    Raises:
        StreamError: see `connected`; or the gallery is a file, which other machines do not have, or there is no room
            for its shards; or a machine has another version of the program; or workers die again and again with the
            same chunk.
        DatabaseError: a shard cannot be loaded.
    """
    with connected(address) as ray:
        nodes = refuse_file(ray, job.db)
        cpus = sum(map(int, left_beside(shards, cpus_of(nodes))))  # a task takes a whole one
        if shards and not cpus:
            raise StreamError(f"No machine has a CPU left beside {shards} shards: add machines, or ask for fewer.")
        held = begun(ray, job.db, embedder_at(job.db, job.embedder).sha256, shards) if shards else {}
        job, cpus = replace(job, shards=tuple(held)), max(1, cpus)
        at_once = AHEAD * cpus if count is None or count >= cpus else count
        task = ray.remote(num_cpus=1, max_retries=TRIES)(watch_chunk)
        yield lambda chunks: _results(ray, partial(task.remote, job, program()), at_once, chunks)


def _results(
    ray: ModuleType, submit: Callable[[Chunk], object], at_once: int, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, Watched]]:
    given = deque[tuple[Chunk, object]]()
    while True:
        for chunk in islice(chunks, at_once - len(given)):
            given.append((chunk, submit(chunk)))
        if not given:
            return
        chunk, promised = given[0]
        try:
            watched = ray.get(promised)
        except ray.exceptions.RayTaskError as error:  # what was raised there, without Ray's account of it
            raise error.cause from None
        except ray.exceptions.RayError as error:
            raise StreamError(
                f"The workers that watched {chunk} died {TRIES} times ({first_line(error)}): "
                "give them more memory, or take fewer with --workers."
            ) from error
        given.popleft()
        yield chunk, watched


def watch_chunk(job: Job, wanted: str, chunk: Chunk) -> Watched:
    """On some machine: see `stream.cluster.local.watch`; Ray gives the next chunk to the same process.

    Args:
        wanted: the program that it must be, see `program`.

    Raises:
        StreamError: it is another version of the program.
    """
    check_program(wanted)
    return watch(job, chunk)

"""A gallery too large for one machine: in shards, each held by an actor of a Ray cluster, and all asked at once.

A shard finds those of its people who come nearest to a face, as it is done in memory; from all these the decision is
made as if they had been found together.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from types import ModuleType
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from db import Database, DatabaseAwayError, Gallery, SearchIndex
from db.records import Part
from db.search.asked import Near
from models.scores import person_scores
from stream.cluster.on_ray import connected, cpus_of, nodes_of, refuse_file
from stream.errors import StreamError

CPUS = 0.5  # of a machine that a shard takes
PATIENCE = 3.0  # seconds for an answer, for which a watch stands still; a shard of ten million takes .2


class Shard:
    """In an actor: one part of a gallery, held and followed.

    Args:
        db: path or URL of the gallery.
        digest: that of the embedder.
    """

    def __init__(self, db: str, digest: str, part: Part) -> None:
        self._db = db
        self._digest = digest
        self._part = part

    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex(Database.open_to_read(self._db), self._digest, person_scores, part=self._part)

    def count(self) -> int:
        """How many people it holds.

        Raises:
            DatabaseError: the gallery cannot be read, or was made with another embedder.
        """
        return len(self._index.gallery.people)

    def near(self, query: NDArray[np.float32]) -> Gallery:
        """Those of its people who come nearest to a (512,) unit vector."""
        return self._index.near(query)


@contextmanager
def shards(address: str, db: str, digest: str, count: int) -> Iterator[Near]:
    """A gallery in so many shards on a cluster, within a `with` block; for `SearchIndex` or `Recognizer`.

    They are spread over the machines, and one whose machine dies is loaded again on another. Who asks meanwhile, is
    told that the database is away.

    Raises:
        StreamError: see `connected`; or the gallery is a file, which other machines do not have; or there is no room.
        DatabaseError: the gallery cannot be read, or was made with another embedder.
    """
    with connected(address) as ray:
        refuse_file(ray, db)
        held = begun(ray, db, digest, count)
        yield asking(ray, held)


def begun(ray: ModuleType, db: str, digest: str, count: int) -> dict[str, Any]:
    """The actors of so many shards, each loaded, by their names; they end with whoever holds them.

    The names travel to others who ask them: an actor that is begun with others in its hands cannot be begun again where
    the place in which these were kept is lost.

    Raises:
        StreamError: the cluster has no room for so many.
        DatabaseError: see `shards`.
    """
    places = sum(int(cpus / CPUS) for cpus in cpus_of(nodes_of(ray)))
    if places < count:
        raise StreamError(
            f"The cluster has room for {places} shards, {CPUS} CPUs each: add machines, or ask for fewer."
        )
    options = {"num_cpus": CPUS, "max_restarts": -1, "max_task_retries": -1, "scheduling_strategy": "SPREAD"}
    actor = ray.remote(**options)(Shard)
    run = uuid4().hex
    names = [f"shard {number} of {count}, {run}" for number in range(count)]
    actors = {
        name: actor.options(name=name).remote(db, digest, Part(number, count)) for number, name in enumerate(names)
    }
    _answers(ray, [one.count.remote() for one in actors.values()], None)
    return actors


def left_beside(shards: int, cpus: Iterable[float]) -> list[float]:
    """What machines of so many CPUs have left beside so many shards, which are spread over them; the most first."""
    left = sorted(cpus, reverse=True)
    for _ in range(shards):
        left = sorted([left[0] - CPUS, *left[1:]], reverse=True)
    return left


def asking(ray: ModuleType, names: Iterable[str], patience: float | None = PATIENCE) -> Near:
    """Asks the shards of these names, which tell that the database is away where one does not answer.

    Args:
        patience: seconds for an answer; None: until one whose machine died is loaded again.
    """
    actors = [ray.get_actor(name) for name in names]
    return lambda query: joined(_answers(ray, [one.near.remote(query) for one in actors], patience))


def near_of(names: Sequence[str], patience: float | None = PATIENCE) -> Near | None:
    """As `asking`, in a process of their cluster; None where there are none."""
    if not names:
        return None
    import ray

    return asking(ray, names, patience)


def _answers(ray: ModuleType, promised: Sequence[object], patience: float | None) -> list[Gallery]:
    try:
        return list(ray.get(promised, timeout=patience))
    except ray.exceptions.RayTaskError as error:  # what was raised there, without Ray's account of it
        raise error.cause from None
    except (ray.exceptions.GetTimeoutError, ray.exceptions.RayActorError) as error:
        raise DatabaseAwayError(
            "A shard of the gallery does not answer: wait until it is loaded again, or add a machine to the cluster."
        ) from error


def joined(galleries: Sequence[Gallery]) -> Gallery:
    """People of several galleries in one, as old as the oldest."""
    begins = np.cumsum([0, *(len(one.embeddings) for one in galleries)])
    return Gallery(
        min(one.generation for one in galleries),
        np.concatenate([one.embeddings for one in galleries]),
        [person for one in galleries for person in one.people],
        np.concatenate([one.starts + begin for one, begin in zip(galleries, begins, strict=False)]),
    )

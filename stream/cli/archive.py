"""`doorman archive`: recordings watched by all cores, or by the machines of a cluster."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db import Sighting
from db.search.asked import nobody
from models.runtime import cpus
from stream.cli.from_settings import DetectorName, Threshold, Trust, of
from stream.cli.options import AsJson, EmbedderName
from stream.cli.shown import tables
from stream.cli.shown.archive import ArchiveProgress, as_dict, sentences
from stream.cli.terminal import errors, iso, say, show_table
from stream.cluster.archive import Archive, Outcome
from stream.cluster.chunk_tasks import ray_workers
from stream.cluster.job import job_of
from stream.cluster.local import local_workers
from stream.cluster.recordings import find
from stream.recognizer import Recognizer
from stream.settings.settings import Settings
from training.detector.own import as_onnx

app = typer.Typer()


@app.command()
def archive(
    places: Annotated[
        list[str], Argument(help="Folders of recordings, or files; name=FOLDER names the camera.", show_default=False)
    ],
    since_last: Annotated[
        bool, Option("--since-last", help="They grow: leave what a recorder is still at for the next time.")
    ] = False,
    again: Annotated[
        bool, Option("--again", help="Watch anew what was watched before; what was seen then is replaced.")
    ] = False,
    workers: Annotated[int | None, Option(min=1, help="Processes; by default one for each core.")] = None,
    ray: Annotated[
        str | None, Option(metavar="ADDRESS|auto", help="Let the machines of this Ray cluster do it.")
    ] = None,
    chunk: Annotated[
        float | None,
        Option(min=0.1, help="Minutes of a recording that one takes at a time; by default 5, less of a short one."),
    ] = None,
    config: Annotated[Path | None, Option(envvar="DOORMAN_CONFIG", help="Settings file, as of `watch`.")] = None,
    db: Annotated[str | None, of("db")] = None,
    detector: DetectorName = None,
    trust: Trust = False,
    embedder: EmbedderName = None,
    threshold: Threshold = None,
    liveness: Annotated[Path | None, of("liveness")] = None,
    snapshots: Annotated[Path | None, of("snapshots")] = None,
    keep_unknown: Annotated[bool | None, of("keep_unknown")] = None,
    as_json: AsJson = False,
) -> None:
    """Watch the recordings of folders, on all cores, and log who was seen; what breaks off goes on the next time.

    Example: doorman archive /media/frigate/recordings --since-last
    """
    began = time.monotonic()
    given = {
        "db": db,
        "detector": detector,
        "trust": trust or None,
        "embedder": embedder,
        "threshold": threshold,
        "liveness": liveness,
        "snapshots": snapshots,
        "keep_unknown": keep_unknown,
    }
    wished = Settings.read(config, {name: value for name, value in given.items() if value is not None})
    found = find(places)
    job = job_of(wished.model_copy(update={"detector": as_onnx(wished.detector, wished.trust)}))
    shards = 0 if ray is None else wished.shards
    near = nobody if shards else None  # the gallery is not to be held here
    with Recognizer.open(
        job.db, job.detector, job.embedder, job.threshold, liveness=job.liveness, near=near
    ) as recognizer:
        started = recognizer.database.clock.now()
        watched = Archive(recognizer, job, found, chunk and chunk * 60, is_growing=since_last, again=again)
        hired = local_workers(job, workers or cpus()) if ray is None else ray_workers(job, ray, workers, shards)
        with hired as results, ArchiveProgress(found) as progress:
            for done in watched.run(results):
                progress.show(done)
        sightings = recognizer.database.sightings_of_run(started)
    _tell(watched.outcome, sightings, time.monotonic() - began, as_json)
    if watched.outcome.problems:
        raise typer.Exit(1)


def _tell(outcome: Outcome, sightings: Sequence[Sighting], seconds: float, as_json: bool) -> None:
    """What came of it, for programs or for people."""
    if as_json:
        print(json.dumps(as_dict(outcome, sightings, seconds), default=iso, ensure_ascii=False, indent=2))
        return
    if sightings:
        show_table(tables.seen(sightings))
    for sentence in sentences(outcome, seconds):
        say(sentence)
    for problem in outcome.problems:
        say(problem, errors)

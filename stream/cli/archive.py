"""`doorman archive`: recordings watched by all cores, or by the machines of a cluster."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db import Sighting, default_url
from db.schema.engine import database_url, file_of, is_sqlite
from db.search.asked import nobody
from models.runtime import cpus
from stream.cli import tables
from stream.cli.from_settings import DetectorName, Threshold, Trust, of
from stream.cli.options import AsJson, EmbedderName
from stream.cli.shown.archive import ArchiveProgress, as_dict, sentences
from stream.cli.terminal import console, errors, iso, say
from stream.cluster.archive import Archive, Outcome
from stream.cluster.chunk_tasks import ray_workers
from stream.cluster.chunk_watcher import Job
from stream.cluster.local import local_workers
from stream.cluster.recordings import find
from stream.errors import StreamError
from stream.recognizer import Recognizer
from stream.settings import CameraOptions, CameraSettings, Settings
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
    job = job_of(wished)
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
    took = time.monotonic() - began
    if as_json:
        print(json.dumps(as_dict(watched.outcome, sightings, took), default=iso, ensure_ascii=False, indent=2))
    else:
        _print(watched.outcome, sightings, took)
    if watched.outcome.problems:
        raise typer.Exit(1)


def _print(outcome: Outcome, sightings: Sequence[Sighting], seconds: float) -> None:
    if sightings:
        console.print(tables.seen(sightings))
    for sentence in sentences(outcome, seconds):
        say(sentence)
    for problem in outcome.problems:
        say(problem, errors)


def job_of(wished: Settings) -> Job:
    """What workers need of the settings: places by their whole paths, and no password of a camera.

    Raises:
        StreamError: the gallery is in memory, where nobody else can read it.
    """
    url = database_url(wished.db or default_url())
    file = file_of(url)
    if file is not None:
        url = url.set(database=str(file.absolute()))
    elif is_sqlite(url):
        raise StreamError("An archive is watched by several processes: name a file or a server with --db.")
    for_all = {name: getattr(wished, name) for name in CameraOptions.model_fields}
    common = _placed(CameraSettings(source="", **for_all))
    wishes = {one.called: _placed(one.model_copy(update={"source": one.called})) for one in wished.camera}
    return Job(
        url.render_as_string(hide_password=False),
        common,
        wishes,
        _placed_file(as_onnx(wished.detector, wished.trust)),
        _placed_file(wished.embedder),
        wished.threshold,
        _placed_file(wished.liveness),
    )


def _placed(wished: CameraSettings) -> CameraSettings:
    folder = wished.snapshots
    return wished.model_copy(update={"snapshots": None if folder is None else folder.absolute()})


def _placed_file(network: str | Path | None) -> str | None:
    """A network's file by its whole path; names of shipped ones as they are."""
    if network is None or not Path(network).is_file():
        return None if network is None else str(network)
    return str(Path(network).absolute())

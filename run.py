"""The command line: `python run.py --help`, or `doorman --help` once installed."""

import json
import math
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from inspect import get_annotations
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db import Database, DatabaseError, write_csv, write_json
from db.names import clean_name
from db.sightings import retention
from models.embedder import Embedder
from models.errors import ModelError, PictureError
from models.images import read_image
from models.integers import swifter
from models.manifest import all_shipped, find
from models.runtime import Network
from stream.cli import tables
from stream.cli.options import (
    KEPT_MEGABYTES,
    AsJson,
    Certificate,
    Db,
    DetectorName,
    EmbedderName,
    KeepDays,
    KeepMegabytes,
    Threshold,
    Trust,
    files,
)
from stream.cli.people import people
from stream.cli.settings_template import OPTIONS, settings_template
from stream.cli.terminal import console, counted, errors, print_rows, say, write_every_letter
from stream.cli.watching import show, sinks_for, stand_in, watched_of, with_progress
from stream.errors import StreamError
from stream.events.figures import Figures
from stream.events.sinks import QUEUE, event_sinks
from stream.files import apart, names_of, spare
from stream.gallery import report as calibration_report
from stream.gallery.calibrate import calibrate_database, put_in_force
from stream.gallery.enroll import from_camera, pictures_of
from stream.gallery.identify import meaning, no_face, save_crops, similarity
from stream.gallery.reembed import reembed as rebuild
from stream.gallery.report import write_report
from stream.gallery.threshold import FAR, threshold_for
from stream.pipeline.lookahead import LOOKAHEAD
from stream.recognizer import Recognizer, open_analyzer
from stream.settings import CameraSettings, Settings, Wishes, effective, videos
from stream.sources.address import LOOPBACK, split_name
from stream.sources.source import open_source
from stream.tools.bench import advice, benchmark
from stream.tools.detect import FaceFinder, pictures_under, write_detections
from stream.tools.doctor import examine
from training.detector.own import as_onnx
from training.errors import TrainingError
from training.evaluate.tasks import Task, evaluate_task

PROBLEMS = (ModelError, DatabaseError, StreamError, TrainingError)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(people, name="people")


def main() -> None:
    """Run a command; a problem ends it with one sentence and exit status 1."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has only the first
        if ended := getattr(signal, name, None):
            signal.signal(ended, lambda number, _: sys.exit(128 + number))  # as a shell reports it
    write_every_letter()
    try:
        app()
    except PROBLEMS as problem:
        say(str(problem), errors)
        sys.exit(1)


def read_settings(context: typer.Context, config: Path | None) -> Path | None:
    """Let a settings file give the defaults of the options, and the cameras."""
    settings = Settings.read(config) if config else Settings()
    context.default_map, context.obj = settings.options(), settings.camera
    return config


@app.command()
def watch(
    context: typer.Context,
    db: Db,
    sources: Annotated[
        list[str] | None,
        Argument(help="Webcam's index, URL, video, picture or folder; several as name=SOURCE.", show_default="0"),
    ] = None,
    config: Annotated[  # noqa: ARG001 - its callback reads it, before the other options get their defaults
        Path | None,
        Option(help="TOML file of these options and of cameras.", callback=read_settings, is_eager=True),
    ] = None,
    camera: Annotated[str | None, Option(help="Name of the camera in the log.")] = None,
    window: Annotated[bool | None, Option(help="Show it; by default a camera, where there is a display.")] = None,
    out: Annotated[
        Path | None, Option(help="Write the labelled video, .mp4 or .mkv; of several, FILE-<camera>.mp4.")
    ] = None,
    log: Annotated[Path | None, Option(help="Write one JSON object per frame; - prints them.")] = None,
    events: Annotated[
        Path | None, Option(help="Append who came, was named and left, and lost cameras, as JSON.")
    ] = None,
    webhook: Annotated[str | None, Option(help="URL to which each of these events is posted.")] = None,
    webhook_secret: Annotated[
        str | None,
        Option(envvar="DOORMAN_WEBHOOK_SECRET", help="Secret by which they are signed, in X-Doorman-Signature."),
    ] = None,
    mqtt: Annotated[str | None, Option(help="URL of a broker to which they are published, mqtt://host.")] = None,
    metrics: Annotated[
        int | None, Option(min=0, max=65535, help="Port for Prometheus, /metrics, and /healthz.")
    ] = None,
    metrics_host: Annotated[str, Option(help="Address at which these can be asked for.")] = LOOPBACK,
    snapshots: Annotated[Path | None, Option(help="Keep pictures of those who are named in this folder.")] = None,
    blur_unknown: Annotated[
        bool, Option("--blur-unknown", help="Make everybody unrecognizable who is not named.")
    ] = False,
    certificate: Certificate = None,
    max_seconds: Annotated[float, Option(min=0, help="End after so many seconds.")] = math.inf,
    detect_every: Annotated[
        int | None,
        Option(min=1, help="Frames from one detection to the next; by default up to 3, live as can be."),
    ] = None,
    lookahead: Annotated[float, Option(min=0, help="Seconds that a recording's labels wait for a name.")] = LOOKAHEAD,
    realtime: Annotated[bool, Option("--realtime", help="Play a file as a camera.")] = False,
    keep_days: KeepDays = retention.DAYS,
    keep_megabytes: KeepMegabytes = KEPT_MEGABYTES,
    detector: DetectorName = None,
    trust: Trust = False,
    embedder: EmbedderName = None,
    threshold: Threshold = None,
) -> None:
    """Watch cameras at the same time, or recordings one after the other, and log who is seen.

    Example: doorman watch door=rtsp://user:password@door/stream garden=0 --log seen.jsonl
    """
    started = datetime.now(UTC)
    common = Wishes(
        realtime=realtime,
        detect_every=detect_every,
        lookahead=lookahead,
        max_seconds=max_seconds,
        threshold=threshold,
        snapshots=snapshots,
        blur_unknown=blur_unknown,
        certificate=certificate,
        out=out,
    )
    told = [CameraSettings(source=text) for text in sources or []] or context.obj or [CameraSettings(source="0")]
    cameras = list(effective(told, common, given_on_the_command_line(context), camera))
    out_files = videos(cameras)
    apart(*out_files.values(), log, events)
    for one in cameras:
        spare(Path(split_name(one.source)[1]), *out_files.values(), log, events)
    watched = watched_of(cameras)
    opened = [one.source for one in watched]
    silent = "-" in {str(log), str(events)}  # the output is for programs
    with (
        Recognizer.open(db, as_onnx(detector, trust), embedder, threshold) as recognizer,
        event_sinks(events, webhook, mqtt, QUEUE, [source.name for source in opened], webhook_secret) as tell,
    ):
        if not silent and (sentence := stand_in(recognizer, watched)):
            say(sentence)
        saved = snapshots or Path.cwd()
        sinks = sinks_for(opened, out_files, window, log, saved, recognizer)
        if metrics is not None:
            sinks.append(Figures(opened, metrics, metrics_host, tell.queues))
        blurred = {one.source.name for one in watched if one.blur_unknown}
        views = recognizer.watch_all(watched, tell, keep_days, keep_megabytes * 1e6)
        show(with_progress(views, opened), sinks, blurred)
        if not silent:
            console.print(tables.sightings(recognizer.database.sightings(since=started)))


@app.command()
def export_settings() -> None:
    """Print a settings file for `watch` to begin with: every option, what it does, and its default.

    Example: doorman export-settings > cameras.toml
    """
    options = {name: kind.__metadata__[0].help for name, kind in get_annotations(watch).items() if name in OPTIONS}
    print(settings_template(options), end="")


@app.command()
def enroll(
    db: Db,
    path: Annotated[
        Path | None, Argument(help="Picture, folder of NAME.jpg, or folder of NAME/<pictures>.", callback=files)
    ] = None,
    name: Annotated[str | None, Option(help="Whose pictures they all are.")] = None,
    camera: Annotated[str | None, Option(help="Enrol --name from this camera instead.")] = None,
    certificate: Certificate = None,
    force: Annotated[bool, Option("--force", help="Enrol also what only its similarity speaks against.")] = False,
    embedder: EmbedderName = None,
) -> None:
    """Take people into the gallery; each picture is accepted, or refused with a reason.

    Example: doorman enroll people/ (with people/Ada/1.jpg, people/Grace.png, ...)
    """
    if (path is None) == (camera is None) or (camera is not None and name is None):
        raise typer.BadParameter("give the path of pictures, or --camera and --name")
    if name is not None:
        clean_name(name)  # better told now than by every picture
    with Recognizer.open(db, embedder=embedder) as recognizer:
        if camera is not None and name is not None:
            with closing(open_source(camera, certificate=certificate)) as source:
                verdicts = list(from_camera(recognizer.enroller, name, source, say, force))
        else:
            enroller = recognizer.enroller
            verdicts = [
                verdict
                for who, pictures in pictures_of(path or Path(), name).items()
                for verdict in enroller.pictures(who, pictures, force)
            ]
    console.print(tables.verdicts(verdicts))
    if any(verdict.refused for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def identify(
    db: Db,
    pictures: Annotated[list[Path], Argument(callback=files)],
    out: Annotated[Path | None, Option(help="Keep the aligned faces in this folder.")] = None,
    as_json: AsJson = False,
    embedder: EmbedderName = None,
) -> None:
    """Tell for every face of a picture which people it is most like.

    Example: doorman identify party.jpg
    """
    names = {} if out is None else names_of(pictures)
    refused = False
    with Recognizer.open(db, embedder=embedder) as recognizer:
        for picture in pictures:
            try:
                found = recognizer.identify(read_image(picture))
            except PictureError as problem:
                say(str(problem), errors)
                refused = True
                continue
            threshold = recognizer.rule.threshold
            if out is not None:
                save_crops(out, names[picture], [one.face for one in found], pictures)
            if as_json:
                faces = [one.as_dict(threshold) for one in found]
                print(json.dumps({"image": str(picture), "threshold": round(threshold, 4), "faces": faces}))
            elif found:
                console.print(tables.identified(str(picture), found, threshold))
            else:
                say(no_face(picture))
    if refused:
        raise typer.Exit(1)


@app.command()
def compare(
    db: Db,
    first: Annotated[Path, Argument(callback=files)],
    second: Annotated[Path, Argument(callback=files)],
    embedder: EmbedderName = None,
    threshold: Threshold = None,
) -> None:
    """Tell how alike the largest faces of two pictures are, and what that means at the gallery's threshold.

    Example: doorman compare a.jpg b.jpg
    """
    analyzer = open_analyzer(embedder=embedder)
    cosine = similarity(analyzer, first, second)
    with Database.open(db) as database:
        threshold = threshold_for(analyzer.embedder, database, threshold)
    say(f"{cosine:.3f}: {meaning(cosine, threshold)} (threshold {threshold:.2f})")


@app.command()
def sightings(
    db: Db,
    since: Annotated[datetime | None, Option(help="Seen at this time or later.")] = None,
    until: Annotated[datetime | None, Option(help="Seen at this time or earlier.")] = None,
    camera: Annotated[str | None, Option()] = None,
    name: Annotated[str | None, Option()] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Tell who was seen, where, from when to when.

    Example: doorman sightings --since 2026-11-24 --name Ada
    """
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    with Database.open(db) as database:
        found = database.sightings(_local(since), _local(until), camera, name)
    if as_json:
        write_json(found, sys.stdout)
    elif as_csv:
        write_csv(found, sys.stdout)
    else:
        console.print(tables.sightings(found))


@app.command()
def detect(
    paths: Annotated[list[Path], Argument(help="Pictures and folders of pictures.", callback=files)],
    out: Annotated[Path, Option("--csv", help="The file to write.")],
    draw: Annotated[Path | None, Option(help="Keep the pictures with boxes and points in this folder.")] = None,
    min_score: Annotated[float | None, Option(min=0, max=1, help="By default the detector's threshold.")] = None,
    size: Annotated[int, Option(min=32, help="Long side in pixels at which faces are searched.")] = 640,
    detector: DetectorName = None,
    trust: Trust = False,
) -> None:
    """Find the faces of pictures and their five points.

    Example: doorman detect photos/ --csv faces.csv --draw drawn/
    """
    finder = FaceFinder.open(as_onnx(detector, trust), min_score, size)
    refused = write_detections(out, pictures_under(paths), finder, draw)
    for reason in refused:
        say(reason, errors)
    if refused:
        raise typer.Exit(1)


@app.command()
def evaluate(
    task: Task,
    data: Annotated[Path, Option(help="Folder with the labelled data.")],
    out: Annotated[Path | None, Option(help="Folder for metrics.json and plots.")] = None,
    network: Annotated[
        str | None, Option(help="Another network than the default: a shipped name, or FILE.onnx.")
    ] = None,
    points: Annotated[
        str | None, Option(help="Align by this landmark network's points, as the product does, not by the data's.")
    ] = None,
) -> None:
    """Measure a network on labelled data.

    Example: doorman evaluate detection --data data/detection --out report/
    """
    console.print_json(data=evaluate_task(task, data, out, network, points))


@app.command()
def calibrate(
    db: Db,
    far: Annotated[float, Option(min=0.0001, max=0.5, help="Share of strangers' tracks that may get a name.")] = FAR,
    out: Annotated[Path | None, Option(help="Folder for the figures and a plot.")] = None,
    as_json: AsJson = False,
    embedder: EmbedderName = None,
) -> None:
    """Choose the threshold for a false-accept rate, measured on the people enrolled, and use it from now on.

    Example: doorman calibrate --far 0.01 --out calibration/
    """
    with Database.open(db) as database:
        report = calibrate_database(database, find("embedding", embedder), far, datetime.now(UTC))
        plotted = out is None or write_report(report, out)
        put_in_force(database, report.calibration)
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    console.print(calibration_report.table(report))
    for sentence in calibration_report.sentences(report):
        say(sentence)
    if not plotted:
        say("There is no plot, since matplotlib is not installed: `pip install -e '.[eval]'` adds it.")


@app.command()
def reembed(db: Db, embedder: EmbedderName = None) -> None:
    """Rebuild the gallery for another embedder, from the face crops that it keeps.

    Example: doorman reembed --embedder better.onnx
    """
    network = Embedder(Network(find("embedding", embedder)))
    with Database.open(db) as database:
        done = rebuild(database, network, counted)
    say(f"Embedded {done.pictures} pictures anew with {network.network.entry.name}.")
    if done.calibration_dropped:
        say("The calibrated threshold is dropped, since it was the other embedder's: run `doorman calibrate` again.")


@app.command()
def bench(
    as_json: AsJson = False, detector: DetectorName = None, trust: Trust = False, embedder: EmbedderName = None
) -> None:
    """Time each stage on this machine; without --detector, all shipped detectors, to choose between them.

    Example: doorman bench
    """
    analyzer, detectors = open_analyzer(as_onnx(detector, trust), embedder), all_shipped("detection")
    others = [] if detector else [entry for entry in detectors if not entry.default]
    timings = benchmark(analyzer, [Network(entry) for entry in others])
    print_rows(timings, as_json, tables.timings)
    if others and not as_json:
        say(advice(timings, detectors, swifter))


@app.command()
def prune(
    db: Db,
    days: KeepDays = retention.DAYS,
    max_megabytes: KeepMegabytes = KEPT_MEGABYTES,
) -> None:
    """Erase old sightings and snapshots.

    Example: doorman prune --days 7
    """
    with Database.open(db) as database:
        erased = retention.prune(database, datetime.now(UTC), days, max_megabytes * 1e6)
    say(f"Erased {erased.sightings} sightings and {erased.snapshots} snapshots.")


@app.command()
def doctor(
    db: Db,
    camera: Annotated[str | None, Option(help="Also try this camera.")] = None,
    certificate: Certificate = None,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with this installation.

    Example: doorman doctor --camera 0
    """
    findings = list(examine(db, camera, certificate))
    print_rows(findings, as_json, tables.findings)
    if any(finding.problem for finding in findings):
        raise typer.Exit(1)


def given_on_the_command_line(context: typer.Context) -> set[str]:
    """The names of the options and arguments that are, rather than in the environment or a settings file."""
    origins = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, origin in origins.items() if origin and origin.name == "COMMANDLINE"}


def _local(moment: datetime | None) -> datetime | None:
    """A moment without a zone is meant in the user's own."""
    try:
        return moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{moment} is at the edge of the calendar: give a time nearer to today") from error


if __name__ == "__main__":
    main()

"""`doorman watch`, and the settings file for it."""

import math
from datetime import UTC, datetime
from inspect import get_annotations
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db.sightings import retention
from stream.cli import tables
from stream.cli.options import (
    KEPT_MEGABYTES,
    Certificate,
    Db,
    DetectorName,
    EmbedderName,
    KeepDays,
    KeepMegabytes,
    Threshold,
    Trust,
)
from stream.cli.progress import with_progress
from stream.cli.settings_template import OPTIONS, settings_template
from stream.cli.terminal import console, say
from stream.cli.watching import show, sinks_for, stand_in
from stream.events.figures import Figures
from stream.events.sinks import event_sinks
from stream.feed import open_feeds
from stream.files import apart, spare
from stream.pipeline.lookahead import LOOKAHEAD
from stream.recognizer import Recognizer
from stream.settings import CameraSettings, Settings, Wishes, effective, videos
from stream.sources.address import LOOPBACK, split_name
from training.detector.own import as_onnx

app = typer.Typer()


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
    feeds = open_feeds(cameras)
    opened = [feed.source for feed in feeds]
    silent = "-" in {str(log), str(events)}  # the output is for programs
    with (
        Recognizer.open(db, as_onnx(detector, trust), embedder, threshold) as recognizer,
        event_sinks(
            recognizer.database, events, webhook, mqtt, [source.name for source in opened], webhook_secret
        ) as tell,
    ):
        if not silent and (sentence := stand_in(recognizer, feeds)):
            say(sentence)
        saved = snapshots or Path.cwd()
        sinks = sinks_for(opened, out_files, window, log, saved, recognizer)
        if metrics is not None:
            sinks.append(Figures(opened, metrics, metrics_host, tell.outboxes))
        blurred = {feed.name for feed in feeds if feed.blur_unknown}
        outboxes = list(tell.outboxes.values())
        views = recognizer.watch_all(feeds, tell, keep_days, keep_megabytes * 1e6, outboxes)
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


def given_on_the_command_line(context: typer.Context) -> set[str]:
    """The names of the options and arguments that are, rather than in the environment or a settings file."""
    origins = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, origin in origins.items() if origin and origin.name == "COMMANDLINE"}

"""`doorman watch`, and the settings file for it."""

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from db import Database, default_url
from db.search.asked import nobody
from db.text.wording import how_many
from models.files import files_in
from models.images import pictures_in
from stream.cli.ending import asked_to_end, in_order, set_signals
from stream.cli.from_settings import with_settings
from stream.cli.shown import tables
from stream.cli.shown.progress import ProgressBar
from stream.cli.terminal import errors, say, show_table
from stream.cluster.recordings import SUFFIXES
from stream.errors import StreamError
from stream.files import apart, exists, spare
from stream.monitoring.metrics_sink import MetricsSink
from stream.monitoring.serving import serve
from stream.recognizer import Recognizer
from stream.service.setup.kept import SettingsFile
from stream.service.watch.showing import Showing
from stream.service.watch.sinks import sinks_for
from stream.service.watch.watch import Watch, watch_of
from stream.settings.cameras import videos
from stream.settings.settings import Settings
from stream.settings.template import settings_template
from stream.sinks.sink import Notes, Sink
from stream.sources.address import split_name
from stream.sources.source import Source
from stream.watching.feed import Feed, all_live, open_feeds
from training.detector.own import as_onnx

app = typer.Typer()


@app.command()
@with_settings
def watch(
    sources: Annotated[
        list[str] | None,
        Argument(help="Webcam's index, URL, video, picture or folder; several as name=SOURCE.", show_default="0"),
    ] = None,
    config: Annotated[
        Path | None,
        Option(envvar="DOORMAN_CONFIG", help="TOML file of these and more options, and of cameras."),
    ] = None,
    camera: Annotated[str | None, Option(envvar="DOORMAN_CAMERA", help="Name of the camera in the log.")] = None,
    **given: Any,
) -> None:
    """Watch cameras at the same time, or recordings one after the other, and log who is seen.

    More can be set: `doorman export-settings` prints all of it. Each setting is an option, too, and a variable of the
    environment, as DOORMAN_LOG for --log.

    Example: doorman watch door=rtsp://user:password@door/stream garden=0 --log seen.jsonl
    """
    options = {name: value for name, value in given.items() if value is not None}
    wished = Settings.read(config, options, sources or (), camera)
    kept = None
    if config is not None and wished.web is not None and not sources and camera is None:  # the cameras are the file's
        kept = SettingsFile(config, lambda: Settings.read(config, options))
    if wished.ray is not None:
        _watch_on_ray(wished, wished.ray, kept)
    elif wished.camera or kept is not None:
        _watch_here(wished, kept)
    else:
        raise StreamError(f"{config} names no camera: add a [[camera]], or give --web, to add them in the browser.")


def _watch_here(wished: Settings, kept: SettingsFile | None) -> None:
    """Watch with this process, tell how it is done, and, in the end, who was seen."""
    out_files = _videos_apart(wished)
    for sentence in passed_over([camera.source for camera in wished.camera]):
        say(sentence, errors)
    feeds = open_feeds(wished.camera)
    is_silent = "-" in {str(wished.log), str(wished.events)}  # the output is for programs
    wished = wished.model_copy(update={"detector": as_onnx(wished.detector, wished.trust)})
    is_endless = kept is not None and all(map(goes_on, feeds))  # others may be added
    with watch_of(wished, feeds, is_endless) as watched:
        database = watched.recognizer.database
        started = database.clock.now()
        if not is_silent:
            say(found_by(watched.recognizer, feeds, bool(wished.detector)))
            for sentence in dated([feed.source for feed in feeds]):
                say(sentence)
        sinks = _sinks(wished, watched, feeds, out_files)
        with _pages(watched.recognizer, watched.session, wished, kept) as pages:
            if pages and not is_silent:
                say(f"Open {pages.url} in a browser.")
            with asked_to_end(watched.session.stop):
                watched.session.run(sinks)
        if not is_silent:
            show_table(tables.sightings(database.sightings_of_run(started)), "Nobody was seen.")


def _videos_apart(wished: Settings) -> dict[str, Path]:
    """Each camera's video.

    Raises:
        StreamError: two things would be written into one file, or over what is watched.
    """
    out_files = videos(wished.camera)
    written = [*out_files.values(), wished.log, wished.events]
    apart(*written)
    for camera in wished.camera:
        spare(Path(split_name(camera.source)[1]), *written)
    return out_files


def _sinks(wished: Settings, watched: Watch, feeds: Sequence[Feed], out_files: dict[str, Path]) -> list[Sink | Notes]:
    """Where the views go, as far as it is wished."""
    sources = [feed.source for feed in feeds]
    saved = wished.snapshots or Path.cwd()
    sinks = sinks_for(sources, out_files, wished.window, wished.log, saved, watched.recognizer)
    if wished.metrics is not None:
        sinks.append(MetricsSink(sources, wished.metrics, wished.metrics_host, watched.outboxes))
    return [*sinks, ProgressBar(sources)]


def _watch_on_ray(wished: Settings, address: str, kept: SettingsFile | None) -> None:
    """Let the machines of a cluster watch, tell how the cameras are, and, where they end, who was seen."""
    from stream.cluster.cameras.metrics import ClusterMetrics
    from stream.cluster.cameras.on_ray import cluster
    from stream.cluster.cameras.shares import shares_of
    from stream.cluster.cameras.showing import ClusterShowing

    wished = wished.model_copy(update={"detector": as_onnx(wished.detector, wished.trust)})
    shares = shares_of(wished)
    opened = partial(
        Recognizer.open, wished.db, wished.detector, wished.embedder, wished.threshold, liveness=wished.liveness
    )
    with opened(near=nobody if wished.shards else None) as recognizer:  # what is wrong is told at once, and here
        started = recognizer.database.clock.now()
    with cluster(address, shares) as running, ExitStack() as stack:
        set_signals(in_order)  # Ray has put others in their place
        if wished.metrics is not None:
            stack.enter_context(serve(ClusterMetrics(running.cameras), wished.metrics, wished.metrics_host))
        if wished.web is not None:
            recognizer = stack.enter_context(opened(near=running.near))
            showing = ClusterShowing(running, wished)
            say(f"Open {stack.enter_context(_pages(recognizer, showing, wished, kept)).url} in a browser.")
        with asked_to_end(running.stop):
            for sentence in running.run():
                say(f"{datetime.now():%Y-%m-%d %H:%M:%S} {sentence}")
    with Database.open_to_read(wished.db or default_url()) as database:
        show_table(tables.sightings(database.sightings_of_run(started)), "Nobody was seen.")


def goes_on(feed: Feed) -> bool:
    """Whether it ends only when somebody ends it."""
    return feed.source.live and feed.source.frames is None and math.isinf(feed.max_seconds)


def _pages(
    recognizer: Recognizer, session: Showing, wished: Settings, kept: SettingsFile | None
) -> AbstractContextManager[Any]:
    """The web pages beside the watch, where they are wished for; the web application is not asked for otherwise."""
    if wished.web is None:
        return nullcontext()
    return import_module("web.command").beside(recognizer, session, wished.web, wished.trusted_proxy, kept)  # type: ignore[no-any-return]


def passed_over(sources: Sequence[str]) -> list[str]:
    """That a folder, of which the pictures are watched, holds videos, too, each as a sentence.

    Raises:
        StreamError: a folder holds videos alone.
    """
    folders = [Path(place) for _, place in map(split_name, sources) if place]
    told = []
    for folder in (folder for folder in folders if exists(folder) and folder.is_dir()):
        inside = [path for path in files_in(folder) if path.suffix.lower() in SUFFIXES]
        if not inside:
            continue
        held = how_many(len(inside), "video")
        remedy = f"Give videos one by one, or `doorman archive {folder}`."
        if not pictures_in(folder):
            raise StreamError(f"Of a folder the pictures are watched, and {folder} holds {held} alone. {remedy}")
        told.append(
            f"Of a folder the pictures are watched; not watched in {folder}: {held}, as {inside[0].name}. {remedy}"
        )
    return told


def dated(sources: Sequence[Source]) -> list[str]:
    """When each recording was made, as a sentence."""
    return [
        f"{one.name} was recorded at {one.dating.began.astimezone():%Y-%m-%d %H:%M:%S}, by {one.dating.told_by}."
        for one in sources
        if one.dating is not None
    ]


def found_by(recognizer: Recognizer, feeds: Sequence[Feed], named: bool) -> str:
    """Which detector finds the faces of what is watched, and why, as a sentence."""
    analyzers = recognizer.analyzer, recognizer.analyzer_for(all_live(feeds))
    own, used = (one.detector.network.entry.name for one in analyzers)
    if used != own:
        return f"Faces are found by {used}, {own} in 8-bit integers: this CPU is made for them."
    return f"Faces are found by {used}, {'as you named it' if named else 'the usual one; --detector names another'}."


@app.command()
def export_settings() -> None:
    """Print a settings file for `watch` to begin with: every option, what it does, and its default.

    Example: doorman export-settings > cameras.toml
    """
    print(settings_template(), end="")

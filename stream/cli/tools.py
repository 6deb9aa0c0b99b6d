"""Single jobs beside watching."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from models.analysis import open_analyzer
from models.integers import swifter
from models.manifest import all_shipped, find
from models.runtime import Network
from stream.cli.from_settings import Certificate, DetectorName, Trust
from stream.cli.options import AsJson, Db, OtherEmbedder, files, pixels_given, tiles_given
from stream.cli.shown import tables
from stream.cli.terminal import console, counted, errors, print_rows, say
from stream.recognizer import Recognizer
from stream.sources.recording import VideoFile
from stream.tools.bench import advice, benchmark, camera, room_for
from stream.tools.detect import FaceFinder, pictures_under, write_detections
from stream.tools.doctor import examine
from stream.tools.grouping import measure
from training.detector.own import as_onnx
from training.evaluate.tasks import Task, evaluate_task

app = typer.Typer()


@app.command()
def detect(
    paths: Annotated[list[Path], Argument(help="Pictures and folders of pictures.", callback=files)],
    out: Annotated[Path, Option("--csv", help="The file to write.")],
    draw: Annotated[Path | None, Option(help="Keep the pictures with boxes and points in this folder.")] = None,
    min_score: Annotated[float | None, Option(min=0, max=1, help="By default the detector's threshold.")] = None,
    size: Annotated[
        str,
        Option(help="Long side in pixels at which whole pictures are searched; auto: 640."),
    ] = "auto",
    tiles: Annotated[
        str,
        Option(
            help="Search from nearby, too, in so many tiles along the long side, or off; auto: as the faces need it."
        ),
    ] = "auto",
    detector: DetectorName = None,
    trust: Trust = False,
) -> None:
    """Find the faces of pictures and their five points.

    Example: doorman detect photos/ --csv faces.csv --draw drawn/
    """
    closely = pixels_given(size), tiles_given(tiles)
    finder = FaceFinder.open(as_onnx(detector, trust), min_score, *closely)
    refused = write_detections(out, pictures_under(paths), finder, draw, partial(counted, title="Searching"))
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
    console.print_json(data=evaluate_task(task, data, measure, out, network, points))


@app.command()
def bench(
    recording: Annotated[
        Path | None, Argument(help="Of a camera: tell, too, what watching that takes.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    detector: DetectorName = None,
    trust: Trust = False,
    embedder: OtherEmbedder = None,
) -> None:
    """Time each stage on this machine; without --detector, all shipped detectors, to choose between them.

    Example: doorman bench door.mp4
    """
    network = as_onnx(detector, trust)
    source = None if recording is None else VideoFile(recording, recording.stem)
    analyzer = open_analyzer(network, find("embedding", embedder))
    detectors = all_shipped("detection")
    others = [] if detector else [entry for entry in detectors if not entry.default]
    timings = benchmark(analyzer, [Network(entry) for entry in others])
    sentences = [advice(timings, detectors, swifter)] if others else []
    if source is not None:
        with Recognizer.open("sqlite://", network, embedder) as recognizer:  # nobody is enrolled there
            watched = camera(recognizer, source)
        timings.append(watched)
        sentences.append(room_for(watched))
    print_rows(timings, as_json, tables.timings)
    if not as_json:
        for sentence in sentences:
            say(sentence)


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

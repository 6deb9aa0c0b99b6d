"""Commands about the gallery: who is in it, and how alike faces are to it."""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from db import Database
from db.names import clean_name
from db.text.wording import how_many
from models.analysis import open_analyzer
from models.embedder import Embedder
from models.errors import PictureError, without_extra
from models.files import groups_in
from models.images import read_image
from models.manifest import find
from models.runtime import Network
from stream.cli.from_settings import Certificate, Threshold
from stream.cli.options import AsJson, Db, EmbedderName, OtherEmbedder, files
from stream.cli.shown import tables
from stream.cli.terminal import counted, errors, say, show_table
from stream.cluster.recordings import SUFFIXES
from stream.errors import StreamError
from stream.files import names_of
from stream.gallery.advice import from_camera
from stream.gallery.calibration import report as calibration_report
from stream.gallery.calibration.calibrate import calibrate_database
from stream.gallery.calibration.calibration import put_in_force
from stream.gallery.calibration.report import write_report
from stream.gallery.calibration.threshold import FAR, threshold_for
from stream.gallery.embedder import embedder_of, refuse_another
from stream.gallery.enroll import Verdict
from stream.gallery.folders import pictures_of
from stream.gallery.identify import Identified, meaning, no_face, save_crops, similarity
from stream.hygiene.looking import mixed
from stream.recognizer import Recognizer
from stream.sources.source import frames_of, open_source
from stream.tools.reembed import reembed as rebuild

PATIENCE = 10.0  # seconds for a camera's next picture, for which somebody stands before it

app = typer.Typer()


@app.command()
def enroll(
    db: Db,
    path: Annotated[
        Path | None, Argument(help="Picture, folder of NAME.jpg, or folder of NAME/<pictures>.", callback=files)
    ] = None,
    name: Annotated[str | None, Option(help="Whose pictures they all are.")] = None,
    camera: Annotated[str | None, Option(help="Enrol --name from this camera, or from a video, instead.")] = None,
    certificate: Certificate = None,
    force: Annotated[bool, Option("--force", help="Enrol even what looks like somebody else, or unlike them.")] = False,
    embedder: EmbedderName = None,
) -> None:
    """Take people into the gallery; each picture is accepted, or refused with a reason.

    Example: doorman enroll people/ (with people/Ada/1.jpg, people/Grace.png, ...)
    """
    if (path is None) == (camera is None) or (camera is not None and name is None):
        raise typer.BadParameter("give the path of pictures, or --camera and --name")
    if name is not None:
        clean_name(name)  # better told now than by every picture
    if path is not None:
        _refuse_video(path, name)
    with Recognizer.open(db, embedder=embedder) as recognizer:
        if camera is not None and name is not None:
            with closing(open_source(camera, certificate=certificate)) as source:
                frames = frames_of(source, PATIENCE)
                verdicts = _told(from_camera(recognizer.enroller, name, frames, say, force))
        else:
            found = pictures_of(path or Path(), name)
            total = sum(len(pictures) for pictures in found.values())
            verdicts = _told(counted(recognizer.enroller.everybody(found, force), total, "Enrolling"))
        _tell_of_mixed(recognizer, verdicts)
    if path is not None and path.is_dir() and name is None:
        _tell_of_groups(path)
        _tell_of_one(path, verdicts)
    if any(verdict.refused for verdict in verdicts):
        raise typer.Exit(1)


def _refuse_video(path: Path, name: str | None) -> None:
    """Raises StreamError: it is a video, from which people are enrolled in another way."""
    if path.suffix.lower() in SUFFIXES and path.is_file():
        raise StreamError(
            f"{path} is a video: if it shows one person, "
            f'`doorman enroll --camera "{path}" --name "{name or path.stem}"` enrols good looks at them.'
        )


def _told(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """All of them, when they are told; also those before an interruption, since what they say is enrolled stays so."""
    given = list[Verdict]()
    try:
        for verdict in verdicts:
            given.append(verdict)
    finally:
        if given:
            show_table(tables.verdicts(given))
    return given


def _tell_of_mixed(recognizer: Recognizer, verdicts: Iterable[Verdict]) -> None:
    """Pictures of two people may have been enrolled as one's."""
    taken = dict.fromkeys(verdict.name for verdict in verdicts if not verdict.refused)
    if not taken:
        return
    unlike = recognizer.unlike  # asked for once: whoever else is enrolled, it is the same
    for name in taken:
        for doubt in mixed(recognizer.database, name, unlike):
            say(f"{doubt.problem}: {doubt.remedy}")


def _tell_of_groups(folder: Path) -> None:
    """A folder of folders is taken for one person's, and may be a group of people."""
    for group, inside in groups_in(folder).items():
        say(
            f"All that is in {group} ({', '.join(inside)}) counts as {group.name}: if those are people, "
            f'`doorman people remove "{group.name}"`, then `doorman enroll "{group}"`.'
        )


def _tell_of_one(folder: Path, verdicts: Sequence[Verdict]) -> None:
    """Pictures NAME.jpg that are like each other may be of one person, whose name the files do not tell."""
    there = {verdict.name for verdict in verdicts}
    alike = [verdict for verdict in verdicts if verdict.refused and verdict.like in there]
    for name in dict.fromkeys(verdict.like for verdict in alike):
        if sum(verdict.like == name for verdict in alike) > 1:
            say(
                f"Several pictures look like {name}: if all in {folder} are of one person, "
                f'`doorman people remove "{name}"`, then `doorman enroll "{folder}" --name NAME`.'
            )


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
    with Recognizer.open(db, embedder=embedder, reading=True) as recognizer:
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
                _print_identified(picture, found, threshold)
            elif found:
                show_table(tables.identified(str(picture), found, threshold))
            else:
                say(no_face(picture))
    if refused:
        raise typer.Exit(1)


def _print_identified(picture: Path, found: Sequence[Identified], threshold: float) -> None:
    faces = [one.as_dict(threshold) for one in found]
    print(json.dumps({"image": str(picture), "threshold": round(threshold, 4), "faces": faces}))


@app.command()
def compare(
    db: Db,
    first: Annotated[Path, Argument(callback=files)],
    second: Annotated[Path, Argument(callback=files)],
    as_json: AsJson = False,
    embedder: EmbedderName = None,
    threshold: Threshold = None,
) -> None:
    """Tell how alike the largest faces of two pictures are, and what that means at the gallery's threshold.

    Example: doorman compare a.jpg b.jpg
    """
    with Database.open_to_read(db) as database:
        analyzer = open_analyzer(embedder=embedder_of(database, embedder))
        threshold = threshold_for(analyzer.embedder, database, threshold)
    cosine = similarity(analyzer, first, second)
    if as_json:
        told = {"similarity": round(cosine, 4), "threshold": round(threshold, 4), "meaning": meaning(cosine, threshold)}
        print(json.dumps(told))
    else:
        say(f"{cosine:.3f}: {meaning(cosine, threshold)} (threshold {threshold:.2f})")


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
        used = embedder_of(database, embedder)
        refuse_another(database, used)
        report = calibrate_database(database, used, far, datetime.now(UTC))
        plotted = out is None or write_report(report, out)
        put_in_force(database, report.calibration)
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    show_table(calibration_report.table(report))
    for sentence in calibration_report.sentences(report):
        say(sentence)
    if not plotted:
        say(f"There is no plot, since matplotlib is not installed: {without_extra('eval')}")


@app.command()
def reembed(db: Db, embedder: OtherEmbedder = None) -> None:
    """Rebuild the gallery for another embedder, from the face crops that it keeps, and what is kept beside it.

    Example: doorman reembed --embedder better.onnx
    """
    network = Embedder(Network(find("embedding", embedder)))
    with Database.open(db) as database:
        done = rebuild(database, network, counted)
    beside = f", and {how_many(done.looks, 'look')} kept beside them" if done.looks else ""
    say(f"Embedded {how_many(done.pictures, 'picture')} anew with {network.network.entry.name}{beside}.")
    if done.lost:
        say(
            f"Not held against anybody now: {how_many(done.lost, 'look')} of `sightings wrong`, no face of which is "
            "kept: `watch --keep-evidence` keeps them."
        )
    if done.calibration_dropped:
        say("The calibrated threshold is dropped, since it was the other embedder's: run `doorman calibrate` again.")

"""Data preparation, done once: python -m training.prepare COMMAND."""

import tarfile
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.lib.format import open_memmap
from rich.progress import track

from models.align import SIZE, align
from models.detector import Detector
from models.errors import ModelError
from models.images import read_image
from models.landmarks import Landmarker
from models.manifest import find
from models.runtime import Network
from training.data.celeba import TRAIN, read_celeba
from training.data.detection import check, counts, read_celeba_boxes, read_layout, read_wider, show, write_layout
from training.data.pictures import Pictures
from training.data.points import disagreement, remake, show_disagreement
from training.data.unnamed import unnamed_faces, with_unnamed
from training.data.vectors import forget
from training.detector.alike import write_alike
from training.detector.proxies import write_proxies
from training.detector.pseudo_labels import added, find_unlabelled, limits, show_boxes, with_pseudo_labels
from training.errors import plain_errors

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Prepare the training data.")


@app.callback()
def prepare() -> None:
    """Prepare the training data."""


@app.command()
def faces(
    data: Annotated[Path, typer.Option(help="a folder in CelebA's official layout")] = Path("data/celeba"),
    out: Annotated[Path, typer.Option(help="where crops.npy and crops.npz go")] = Path("data/faces"),
    points: Annotated[Path | None, typer.Option(help="align by this list, as `points` makes it")] = None,
    unnamed: Annotated[
        Path | None, typer.Option(help="the landmark set, whose photographs are of one more person each")
    ] = None,
) -> None:
    """Align every face once: crops.npy (N, 112, 112, 3) uint8 BGR, crops.npz with the lists in the same order.

    Example: python -m training.prepare faces --data data/celeba
    """
    named, pictures = read_celeba(data, points), Pictures(data)
    others = unnamed_faces(unnamed) if unnamed else []
    celeba = with_unnamed(named, others)
    readers = [partial(pictures.read, f"img_celeba/{file}") for file in named.files]
    readers += [partial(read_image, face.path) for face in others]
    out.mkdir(parents=True, exist_ok=True)
    forget(out)
    (out / "crops.npz").unlink(missing_ok=True)  # without lists nobody takes half of the crops for all of them
    crops = open_memmap(out / "crops.npy", mode="w+", dtype=np.uint8, shape=(len(celeba), SIZE, SIZE, 3))
    unusable = 0
    for index, (read, five) in enumerate(track(list(zip(readers, celeba.points, strict=True)), "Aligning")):
        try:
            crops[index] = align(read(), five)
        except ModelError:  # points that determine no face: black, and kept from training by the cleaning rule
            unusable += 1
    np.savez_compressed(
        out / "crops.npz",
        files=celeba.files, people=celeba.people, points=celeba.points, partition=celeba.partition,
    )  # fmt: skip
    typer.echo(f"{celeba.counts()}; {unusable} without usable points")
    for least in (2, 5, 8, 15, 20):
        kept = celeba.part(TRAIN).with_nose_between_eyes().with_people_of(least)
        typer.echo(f"to train on, people of at least {least} pictures: {kept.counts()}")


@app.command()
def points(
    network: Annotated[str, typer.Argument(help="a shipped landmark network's name, or FILE.onnx")],
    data: Annotated[Path, typer.Option(help="a folder in CelebA's official layout")] = Path("data/celeba"),
    out: Annotated[Path, typer.Option(help="the list to write")] = Path("data/points.txt"),
    threads: Annotated[int | None, typer.Option(help="for the network; by default all CPUs")] = None,
) -> None:
    """Place the five points of every face anew, as at run time; tell how far they lie from the given ones.

    A contact sheet beside the list shows where they lie furthest, red those given and green those placed.

    Example: python -m training.prepare points resnet18-landmarks, then faces --points data/points.txt --out data/own
    """
    celeba, pictures = read_celeba(data), Pictures(data)
    entry = find("landmarks", network)
    remake(celeba, pictures, Landmarker(Network(entry, threads)), entry.sha256, out)
    own = read_celeba(data, out).points
    show_disagreement(celeba, own, pictures, out.with_suffix(".png"))
    apart = disagreement(celeba.points, own)
    told = ", ".join(f"{name} {share:.1%}" for name, share in apart.items())
    typer.echo(f"{out}: {len(celeba):,} faces; distance from the given points over the eye distance: {told}")


@app.command()
def proxies(
    celeba: Annotated[Path, typer.Option(help="a folder in CelebA's official layout")] = Path("data/celeba"),
    landmarks: Annotated[Path, typer.Option(help="folder with landmarks.csv and images/")] = Path("data/landmarks"),
    detection: Annotated[Path, typer.Option(help="pictures in Ultralytics' layout")] = Path("data/detection"),
    out: Annotated[Path, typer.Option(help="where portraits/ and crowds/ go")] = Path("data/proxies"),
) -> None:
    """Compose pictures to measure detectors on, of val's people alone: portraits, and crowds as they are in the wild.

    Example: python -m training.prepare proxies, then doorman evaluate detection --data data/proxies/portraits
    """
    portraits, crowds = write_proxies(celeba, landmarks, detection, out)
    typer.echo(f"{out}: {portraits} portraits, {crowds} crowds")


@app.command()
def detection(
    archive: Annotated[Path | None, typer.Option(help="a tar that holds images/ and labels/")] = None,
    wider: Annotated[Path | None, typer.Option(help="WIDER FACE's pictures and bounding boxes")] = None,
    celeba: Annotated[Path | None, typer.Option(help="CelebA's in-the-wild pictures and list_bbox_celeba.txt")] = None,
    out: Annotated[Path, typer.Option(help="where images/, labels/ and contact sheets go")] = Path("data/detection"),
) -> None:
    """Gather face boxes in Ultralytics' layout; what is wrong with pictures and boxes is listed in problems.txt.

    Without a source, look at what is there.

    Example: python -m training.prepare detection --wider data/wider
    """
    problems: list[str] = []
    if archive:
        with tarfile.open(archive) as tar:
            tar.extractall(out, filter="data")
    if wider:
        problems += write_layout(track(read_wider(wider), "WIDER FACE"), out)
    if celeba:
        problems += write_layout(track(read_celeba_boxes(celeba), "CelebA"), out)
    if archive or not (wider or celeba):
        problems += check(track(read_layout(out, ""), "Checking"))
    (out / "problems.txt").write_text("".join(f"{problem}\n" for problem in problems), encoding="utf-8")
    for split in sorted(folder.name for folder in (out / "images").glob("*")):
        pictures = read_layout(out, split)
        show(pictures, out / f"{split}.png")
        typer.echo(f"{split}: {counts(pictures)}")
    typer.echo(f"{len(problems)} problems, listed in {out / 'problems.txt'}")


@app.command()
def alike(
    data: Annotated[Path, typer.Option(help="pictures and labels in Ultralytics' layout")] = Path("data/detection"),
    out: Annotated[Path, typer.Option(help="where they go, with other labels")] = Path("data/detection-alike"),
    network: Annotated[str, typer.Option(help="a shipped landmark network's name")] = "resnet18-landmarks",
    threads: Annotated[int | None, typer.Option(help="for the network; by default all CPUs")] = None,
) -> None:
    """Give the training pictures' boxes of whole heads the size of their faces; val's stay as people drew them.

    Tiny pictures without a label, which are faces that were cut out, are left out of those to train on.

    Example: python -m training.prepare alike, then python -m training.detector --data data/detection-alike
    """
    entry = find("landmarks", network)
    unsure = np.inf if entry.threshold is None else entry.threshold
    number, changed = write_alike(data, out, Landmarker(Network(entry, threads)), unsure)
    typer.echo(f"{out}: {changed:,} of {number:,} boxes were of heads")


@app.command()
def pseudo(
    networks: Annotated[
        list[str] | None,
        typer.Argument(help="detectors that must agree; yolov5n-face and yolov5m-face", show_default=False),
    ] = None,
    data: Annotated[Path, typer.Option(help="pictures and labels in Ultralytics' layout")] = Path("data/detection"),
    out: Annotated[Path, typer.Option(help="where the boxes and contact sheets go")] = Path("data/pseudo"),
    size: Annotated[int, typer.Option(help="long side in pixels at which the first sees the pictures")] = 960,
    subset: Annotated[int, typer.Option(help="look at every so many of the pictures")] = 1,
    threads: Annotated[int | None, typer.Option(help="for the networks; by default all CPUs")] = None,
) -> None:
    """Find faces in the training pictures that nobody labelled; an interrupted run is gone on with.

    Example: python -m training.prepare pseudo, then python -m training.detector --pseudo data/pseudo
    """
    first, *others = [
        Network(find("detection", name), threads) for name in networks or ("yolov5n-face", "yolov5m-face")
    ]
    detectors = [Detector(first, size=size), *map(Detector, others)]
    known = limits(out, detectors, track(read_layout(data, "val")[::subset], "Measuring precision"))
    typer.echo(f"a face from a score of {known.face:.2f}, doubtful from {known.doubtful:.2f}: {out / 'limits.json'}")
    given = read_layout(data, "train")[::subset]
    find_unlabelled(track(given, "Looking"), detectors, out)
    for kind, boxes in added(given, with_pseudo_labels(given, out)).items():
        if boxes:
            show_boxes(boxes, out / f"{kind}.jpg")
        typer.echo(f"{kind}: {len(boxes):,} in {len({file for file, _ in boxes}):,} of {len(given):,} pictures")


if __name__ == "__main__":
    with plain_errors():
        app()

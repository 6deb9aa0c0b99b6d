"""Identification: who of the enrolled is it, if anybody? On CelebA's held-out people (partition 2)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.align import SIZE
from models.pose import pose
from training.data.celeba import TEST, CelebA, read_celeba
from training.data.pictures import Pictures
from training.errors import TrainingError
from training.evaluate import plots
from training.evaluate.faces import Embeds, Locates, People, Vectors, aligned, embed
from training.evaluate.rates import LEAST_IMPOSTORS, pair_scores, search_scores, tpr_at

FPRS = (0.5, 0.2, 0.1, 0.05, 1e-2, 1e-3, 1e-4)
FACES = (16, 24, 32, 48, 64)  # pixels
YAWS = ((0, 15), (15, 30), (30, 90))  # degrees
GALLERIES = (1, 3, 5)  # pictures of each enrolled person
FPIR = 1e-2
SPLITS = 20


def evaluate(
    data: Path,
    embedder: Embeds,
    out: Path | None = None,
    flip: bool = False,
    faces: tuple[int, ...] = FACES,
    landmarker: Locates | None = None,
) -> dict[str, Any]:
    """Pairs, closed-set and open-set identification over the held-out people of a folder in CelebA's layout.

    Args:
        data: the official lists and `img_celeba/` (or its tars); `test_doubtful.txt`, if there, names pictures whose
            label is doubted: figures are also given without them.
        out: folder for metrics.json, roc.png, det.png and histogram.png.
        faces: also measure with every face scaled down to these widths, in pixels.
        landmarker: align the faces by its points instead of the given ones.
    """
    held_out = read_held_out(data)
    names = [f"img_celeba/{file}" for file in held_out.files]
    crops = aligned(Pictures(data), names, held_out.points, landmarker)
    vectors, people = embed(embedder, crops, flip=flip), held_out.people
    genuine, impostor = pair_scores(vectors, people)
    yaw = np.array([abs(pose(points).yaw) for points in held_out.points])
    figures: dict[str, Any] = {
        "people": len(np.unique(people)),
        "pictures": len(people),
        "cosine_same": _spread(genuine),
        "cosine_different": _spread(impostor),
        "tpr_at_fpr": tpr_at(genuine, impostor, FPRS),
        "galleries": {str(count): _galleries(vectors, people, count) for count in GALLERIES},
        "by_face_px": {str(face): _pairs(embed(embedder, crops, face, flip), people) for face in faces}
        | {str(SIZE): tpr_at(genuine, impostor, FPRS)},
        "by_yaw_degrees": {
            f"{low}-{high}": _pairs(vectors[some], people[some])
            for low, high in YAWS
            if (some := (yaw >= low) & (yaw < high)).sum() > 1
        },
    }
    doubtful = data / "test_doubtful.txt"
    if doubtful.is_file():
        sure = ~np.isin(held_out.files, doubtful.read_text(encoding="utf-8").split())
        figures["tpr_at_fpr_without_doubtful"] = _pairs(vectors[sure], people[sure])
    if out:
        plots.write(out, genuine, impostor)
        write(out, figures)
    return figures


def vectors_of(data: Path, embedder: Embeds, landmarker: Locates | None = None) -> tuple[Vectors, People]:
    """Unit vectors (N, 512) of the held-out people's pictures, and whose each is; for the arguments see `evaluate`."""
    held_out = read_held_out(data)
    names = [f"img_celeba/{file}" for file in held_out.files]
    return embed(embedder, aligned(Pictures(data), names, held_out.points, landmarker)), held_out.people


def write(out: Path, figures: dict[str, Any]) -> None:
    """Keep the figures in a folder, as metrics.json."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def read_held_out(data: Path) -> CelebA:
    """The pictures of the 100 people that figures are reported on.

    Raises:
        TrainingError: there are none, or the lists are missing or malformed.
    """
    celeba = read_celeba(data)
    held_out = celeba.part(TEST).with_people(celeba.held_out(100))
    if not len(held_out):
        raise TrainingError(f"{data} has no picture of partition 2, which identification is measured on.")
    return held_out


@dataclass(frozen=True, slots=True)
class Searched:
    """Scores of probes against a gallery, as the product gives them.

    Attributes:
        scores: (P,) of the most similar person for each probe.
        right: (P,) whether that is the probe's own person.
    """

    scores: NDArray[np.float32]
    right: NDArray[np.bool_]


def search(probes: Vectors, asked: People, gallery: Vectors, owners: People) -> Searched:
    """The most similar of the enrolled people for each probe."""
    scores = search_scores(probes, gallery, owners)
    return Searched(scores.max(1), np.unique(owners)[scores.argmax(1)] == asked)


def enrolled_rows(people: People, persons: People, pictures: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Rows of the given number of random pictures of each person."""
    rows = [random.choice(np.flatnonzero(people == person), pictures, replace=False) for person in persons]
    return np.concatenate(rows)


def open_set(known: Searched, strangers: Searched, fpir: float) -> float | None:
    """TPIR: share of the known people's probes that get their name, where `fpir` of the strangers' get any name.

    None where fewer than ten strangers' probes would get one: the rate would rest on chance.
    """
    descending = np.sort(strangers.scores)[::-1]
    passed = int(fpir * len(descending))
    if passed < LEAST_IMPOSTORS:
        return None
    return float(((known.scores > descending[passed]) & known.right).mean())


def _galleries(vectors: Vectors, people: People, pictures: int) -> dict[str, float]:
    """Half of the people enrolled with some pictures each, the other half strangers; mean and spread over splits."""
    everyone, counts = np.unique(people, return_counts=True)
    everyone = everyone[counts > pictures]
    rank1: list[float] = []
    tpir: list[float] = []
    for split in range(SPLITS):
        random = np.random.default_rng(split)
        known, unknown = np.array_split(random.permutation(everyone), 2)
        enrolled = enrolled_rows(people, known, pictures, random)
        probes = np.setdiff1d(np.flatnonzero(np.isin(people, known)), enrolled)
        strangers = np.flatnonzero(np.isin(people, unknown))
        found = search(vectors[probes], people[probes], vectors[enrolled], people[enrolled])
        others = search(vectors[strangers], people[strangers], vectors[enrolled], people[enrolled])
        rank1.append(float(found.right.mean()))
        if (share := open_set(found, others, FPIR)) is not None:
            tpir.append(share)
    figures = {"rank1": rank1} | ({f"tpir_at_fpir_{FPIR:g}": tpir} if len(tpir) == SPLITS else {})
    means = {name: float(np.mean(values)) for name, values in figures.items()}
    return means | {f"{name}_std": float(np.std(values, ddof=1)) for name, values in figures.items()}


def _pairs(vectors: Vectors, people: People) -> dict[str, float]:
    return tpr_at(*pair_scores(vectors, people), FPRS)


def _spread(scores: NDArray[np.float32]) -> dict[str, float]:
    low, middle, high = np.percentile(scores, [5, 50, 95])
    return {"mean": float(scores.mean()), "p5": float(low), "median": float(middle), "p95": float(high)}

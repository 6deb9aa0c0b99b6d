"""Make the score set that lies beside an embedder: what strangers score against people, for `doorman calibrate`.

The export of a trained embedder makes its set; this command makes that of any other FILE.onnx.

python -m training.scores FILE.onnx --celeba data/celeba
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from models.embedder import Embedder
from models.manifest import find
from models.runtime import Network
from models.scores import ScoreSet, scores_path
from training.data.celeba import VALIDATION, read_celeba
from training.data.pictures import Pictures
from training.errors import TrainingError, plain_errors
from training.evaluate.faces import Embeds, Locates, aligned, embed, find_landmarker
from training.evaluate.rates import search_scores

PICTURES = (1, 2, 3, 5, 8)  # enrolled of each person
LOOKS = 3  # at each stranger
LEAST = 30  # people without whom a set would say nothing
POINTS = "align by this landmark network's points, as the product does; by default by the data's"

People = NDArray[np.int64]
Vectors = NDArray[np.float32]


def make(data: Path, embedder: Embeds, digest: str, landmarker: Locates | None = None) -> ScoreSet:
    """The score set of an embedder, from partition 1 of a folder in CelebA's layout; partition 2 is never looked at.

    A landmarker's points align the faces instead of the given ones.

    Raises:
        TrainingError: the lists or pictures are missing, or of too few people.
    """
    celeba = read_celeba(data).part(VALIDATION).with_people_of(max(PICTURES))
    if len(np.unique(celeba.people)) < LEAST:
        raise TrainingError(
            f"{data} has too few people in partition 1: {LEAST} with {max(PICTURES)} pictures are needed."
        )
    crops = aligned(Pictures(data), [f"img_celeba/{file}" for file in celeba.files], celeba.points, landmarker)
    return score_set(embed(embedder, crops), embed(embedder, crops, flip=True), celeba.people, digest)


def score_set(looks: Vectors, samples: Vectors, people: People, digest: str) -> ScoreSet:
    """Everybody searched for among everybody else.

    A look stands for a track's evidence: looks at one track are nearly the same picture, and so is their mean.

    Args:
        looks: (N, D) vectors of pictures as a camera's are embedded.
        samples: (N, D) of the same pictures as enrolment embeds them, with their mirror images.
        people: (N,) who is on them.
    """
    random = np.random.default_rng(0)
    everybody = np.unique(people)

    def pick(count: int) -> People:
        return np.concatenate([random.choice(np.flatnonzero(people == one), count, replace=False) for one in everybody])

    asked = pick(LOOKS)
    strangers = np.repeat(np.arange(len(everybody)), LOOKS)
    table = []
    for count in PICTURES:
        enrolled = pick(count)
        table.append(search_scores(looks[asked], samples[enrolled], people[enrolled]))
    scores = np.stack(table, axis=1)
    scores[np.arange(len(asked)), :, strangers] = np.nan
    return ScoreSet(digest, np.array(PICTURES), scores, strangers)


def main(
    embedder: Annotated[str, typer.Argument(help="a shipped embedder's name, or FILE.onnx")],
    celeba: Annotated[Path, typer.Option(help="a folder in CelebA's layout")] = Path("data/celeba"),
    points: Annotated[str | None, typer.Option(help=POINTS)] = None,
) -> None:
    """Write NAME.scores.npz beside an embedder."""
    entry = find("embedding", embedder)
    network = Embedder(Network(entry))
    path = scores_path(entry.path)
    make(celeba, network, network.digest, find_landmarker(points)).write(path)
    typer.echo(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    with plain_errors():
        typer.run(main)

"""The cosine from which a face counts as a person, when nobody has told it."""

from functools import lru_cache

from db import Database
from models.embedder import Embedder
from models.errors import ModelError
from models.manifest import ModelEntry
from models.scores import read_scores
from stream.gallery.calibrate import stored
from stream.gallery.false_accepts import FalseAccepts

FAR = 0.01  # share of strangers' tracks that may get a name


def threshold_for(embedder: Embedder, database: Database, wanted: float | None = None) -> float:
    """The threshold in force: wanted, calibrated for the gallery, usual for galleries of its size, or the embedder's.

    Every enrolled person is one more chance of a mistake: what is right for a thousand names too few of two.

    Raises:
        ModelError: there is none of them, or the embedder's score set cannot be used.
    """
    if wanted is not None:
        return wanted
    if calibration := stored(database, embedder.digest):
        return calibration.threshold.value
    entry = embedder.network.entry
    usual = _usual(entry, tuple(person.samples for person in database.people() if person.samples))
    if usual is None:
        raise ModelError(
            f'The embedder {entry.name} has no threshold: add "threshold" (a cosine; 0.5 until `calibrate` finds '
            f"another) to the JSON file beside {entry.path.name}, or give --threshold where the command has it."
        )
    return usual


@lru_cache(maxsize=4)
def _usual(entry: ModelEntry, pictures: tuple[int, ...]) -> float | None:
    """The threshold for a gallery of people with so many pictures each."""
    scores = read_scores(entry) if pictures else None
    return FalseAccepts(scores, pictures).expected(shift=0.0).threshold(FAR) if scores else entry.threshold

"""A gallery rebuilt for another embedder, from the face crops that it keeps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db import Database
from models.embedder import Embedder
from models.images import from_jpeg
from stream.calibrate import SETTING

Embeddings = dict[int, NDArray[np.float32]]
Watch = Callable[[Iterable[int], int], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Reembedded:
    """How many pictures were embedded anew, and whether a calibration was dropped, which no longer holds."""

    pictures: int
    calibration_dropped: bool


def reembed(database: Database, embedder: Embedder, watch: Watch = lambda done, _total: done) -> Reembedded:
    """Embed every enrolled face anew; the gallery changes at the end and at once, or not at all.

    Args:
        watch: is given the pictures as they are done, and how many there are; gives them on.

    Raises:
        ModelError: the embedder cannot be used, or a crop is damaged.
        DatabaseError: somebody was enrolled meanwhile.
    """
    embeddings: Embeddings = {}
    for _ in watch(_embedded(database, embedder, embeddings), sum(person.samples for person in database.people())):
        pass
    database.exchange_embeddings(embedder.digest, embeddings)
    dropped = database.setting(SETTING) is not None
    database.set_setting(SETTING, None)
    return Reembedded(len(embeddings), dropped)


def _embedded(database: Database, embedder: Embedder, embeddings: Embeddings) -> Iterator[int]:
    """Fill `embeddings`; the ids of the samples, each when it is done."""
    last = 0
    while batch := database.crops(after=last):
        crops = np.stack([from_jpeg(crop) for _, crop in batch])
        for (last, _), vector in zip(batch, embedder.embed(crops, flip=True), strict=True):  # as enrolment does
            embeddings[last] = vector
            yield last

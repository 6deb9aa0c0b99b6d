"""A gallery rebuilt for another embedder, from the face crops that it keeps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from db import Database
from db.people.importing import CropEmbedder
from models.embedder import Embedder
from models.errors import PictureError
from models.images import from_jpeg
from models.manifest import find
from models.runtime import Network
from stream.gallery.calibrate import SETTING

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
        crops = np.stack([_picture(crop, name) for _, name, crop in batch])
        for (last, _, _), vector in zip(batch, embedder.embed(crops, flip=True), strict=True):  # as enrolment does
            embeddings[last] = vector
            yield last


def embedder_of_crops(name: str | None) -> CropEmbedder:
    """What embeds stored face crops: the shipped embedder, or the one of this name or file."""
    network = Embedder(Network(find("embedding", name)))

    def embed(crop: bytes) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = network.embed(_picture(crop, "the exported person")[None], flip=True)
        return np.asarray(vectors[0])

    return CropEmbedder(embed, network.digest)


def _picture(crop: bytes, name: str) -> NDArray[np.uint8]:
    try:
        return from_jpeg(crop)
    except (PictureError, cv2.error) as error:  # the latter: of no bytes at all
        raise PictureError(
            f"A stored face crop of {name} is damaged: restore a backup of the database, or erase {name} with "
            "`doorman people remove` and enrol them again."
        ) from error

"""A database rebuilt for another embedder, from the face crops that it keeps."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from db import Database
from db.people.exported import CropEmbedder
from db.renewal import Kept, OldStay, Renewal, StayLook
from models.embedder import Embedder
from models.errors import PictureError
from models.images import from_jpeg
from models.manifest import ModelEntry
from models.runtime import Network
from stream.gallery.calibration.calibration import SETTING
from stream.unknowns.grouping import summary

Embeddings = dict[int, NDArray[np.float32]]
Row = TypeVar("Row", Kept, OldStay)


@dataclass(frozen=True, slots=True)
class Reembedded:
    """What was embedded anew.

    Attributes:
        pictures: of people who are enrolled.
        looks: kept beside them: behind names, of strangers, offered, and such as were said not to be somebody's.
        lost: looks that were said not to be somebody's, and cannot be embedded anew, since their faces are not kept.
        calibration_dropped: whether there was a calibration, which no longer holds.
    """

    pictures: int
    looks: int
    lost: int
    calibration_dropped: bool


def reembed(
    database: Database,
    embedder: Embedder,
    counted: Callable[[Iterable[str], int], Iterable[str]] = lambda done, _total: done,
) -> Reembedded:
    """Embed anew every enrolled face, and what is kept beside them, as far as its picture is.

    The gallery changes at once, or not at all. The rest follows bit by bit: what an interruption leaves is compared
    with nothing until this is done again. Groups of strangers stay as they are.

    Args:
        counted: is given the pictures as they are done, and how many there are; gives them on (and shows progress).

    Raises:
        ModelError: the embedder cannot be used, or the crop of an enrolled face is damaged.
        DatabaseError: somebody was enrolled meanwhile.
    """
    renewal = Renewal(database, embedder.digest)
    pictures = sum(person.samples for person in database.people())
    looks = renewal.count()
    done = Counter(counted(_renewed(renewal, embedder), pictures + looks))
    dropped = database.setting(SETTING) is not None
    database.set_setting(SETTING, None)
    return Reembedded(done["picture"], done["look"], renewal.lost(), dropped)


def _renewed(renewal: Renewal, embedder: Embedder) -> Iterator[str]:
    """Embed all of it; tells of each picture, when it is done, what it is."""
    embeddings = Embeddings()
    negatives = Embeddings()
    for batch in _batches(renewal.samples):
        crops = np.stack([_picture(one.crop, one.name) for one in batch])
        for one, vector in zip(batch, embedder.embed(crops, flip=True), strict=True):  # as enrolment does
            embeddings[one.id] = vector
            yield "picture"
    for batch in _batches(partial(renewal.looks, "negative")):
        negatives |= _looks(batch, embedder)
    renewal.exchange_samples(embeddings, negatives)
    yield from ["look"] * len(negatives)
    for kind in ("evidence", "suggestion"):
        for batch in _batches(partial(renewal.looks, kind)):
            new = _looks(batch, embedder)
            renewal.exchange(kind, new)
            yield from ["look"] * len(new)
    for stays in _batches(renewal.stays):
        yield from ["look"] * _exchange(renewal, embedder, stays)


def _exchange(renewal: Renewal, embedder: Embedder, stays: Sequence[OldStay]) -> int:
    """Embed the looks at strangers anew, and what stands for their stays; returns how many looks those are."""
    new = _looks([look for stay in stays for look in stay.looks], embedder)
    whole = [stay for stay in stays if all(look.id in new for look in stay.looks)]
    summaries = {stay.id: _summary(stay, new) for stay in whole}
    renewal.exchange_stays(summaries, {look.id: new[look.id] for stay in whole for look in stay.looks})
    return sum(len(stay.looks) for stay in whole)


def _summary(stay: OldStay, embeddings: Embeddings) -> NDArray[np.float32]:
    """What stands for a stay, by the new embeddings of its looks."""
    qualities = np.array([look.quality for look in stay.looks], np.float32)
    return summary(np.stack([embeddings[look.id] for look in stay.looks]), qualities)


def _looks(looks: Sequence[Kept | StayLook], embedder: Embedder) -> Embeddings:
    """Embeddings as a watch makes them, by the looks' ids; without those whose crops are damaged."""
    crops: dict[int, NDArray[np.uint8]] = {}
    for look in looks:
        with suppress(PictureError, cv2.error):
            crops[look.id] = from_jpeg(look.crop)
    if not crops:
        return {}
    return dict(zip(crops, embedder.embed(np.stack(list(crops.values()))), strict=True))


def _batches(read: Callable[[int], list[Row]]) -> Iterator[list[Row]]:
    """What is there, some at a time, in the order of ids."""
    last = 0
    while batch := read(last):
        yield batch
        last = batch[-1].id


def embedder_of_crops(entry: ModelEntry) -> CropEmbedder:
    """What embeds stored face crops by this network."""
    network = Embedder(Network(entry))

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

"""A group of unknowns becomes a person, or one who is enrolled gets its pictures."""

from collections.abc import Sequence

import numpy as np

from db.names import clean_name
from db.unknowns.records import Picture
from db.unknowns.unknowns import Unknowns
from models.analysis import Face
from models.embedder import Embedder
from models.images import from_jpeg
from stream.gallery.enroll import Enroller, Verdict

BEST = 5  # pictures of a group that are enrolled, as many as a camera takes of a person


def name_unknown(enroller: Enroller, number: int, name: str, force: bool = False) -> list[Verdict]:
    """Enrol the best pictures of a group by the rules for any picture, and let its past sightings have the name.

    If all are refused, nothing changes.

    Args:
        force: enrol also what only its similarity speaks against.

    Returns:
        What became of each picture.

    Raises:
        DatabaseError: there is no such group, or it has no picture.
    """
    name, unknowns = clean_name(name), Unknowns(enroller.database)
    best = unknowns.pictures(number)[:BEST]
    faces = _embedded(enroller.embedder, best)
    verdicts, samples = enroller.samples(
        name, [(f"unknown {number}, visit {one.stay}", face) for one, face in zip(best, faces, strict=True)], force
    )
    if samples or not best:
        unknowns.name(number, name, samples)
    return verdicts


def _embedded(embedder: Embedder, pictures: Sequence[Picture]) -> list[Face]:
    """Faces of aligned crops, embedded anew with their mirror images, as everybody's who is enrolled."""
    if not pictures:
        return []
    crops = np.stack([from_jpeg(one.jpeg) for one in pictures])
    nowhere = np.zeros(4, np.float32)
    return [
        Face(nowhere, 1.0, None, crop, embedding, one.quality or 0.0, None)
        for one, crop, embedding in zip(pictures, crops, embedder.embed(crops, flip=True), strict=True)
    ]

"""The check of a database: its gallery, its pictures, and how far the faces in these are turned."""

import numpy as np

from db import Database
from db.people.numbered import numbered, pictures_of_one
from models.errors import ModelError
from models.images import from_jpeg
from models.landmarks import Landmarker
from models.pose import pose
from stream.gallery.calibration.threshold import Thresholds
from stream.hygiene.check import Doubt, doubts, of_two, parts_of

FACE = (0.0, -10.0, 112.0, 122.0)  # where it is in an aligned crop, as a detector's box has it


def check(database: Database, digest: str, thresholds: Thresholds, landmarker: Landmarker) -> list[Doubt]:
    """All that is doubtful of the people enrolled.

    Args:
        digest: sha256 of the embedder's file.

    Raises:
        DatabaseError: the gallery was made with another embedder.
        PictureError: a stored picture is damaged.
    """
    gallery, numbers = numbered(database, digest)
    return list(doubts(gallery, numbers, thresholds, lambda number: yaw(database.crop(number), landmarker)))


def mixed(database: Database, name: str, unlike: float) -> list[Doubt]:
    """Whether somebody's pictures look like two people's, each called by its number and where it is from.

    Args:
        unlike: the cosine below which two pictures are hardly of one person.

    Raises:
        UnknownPersonError: nobody has that name.
    """
    embeddings, samples = pictures_of_one(database, name)
    cosines = embeddings @ embeddings.T
    called = [f"{sample.id} ({sample.source})" for sample in samples]
    parts = parts_of(cosines, unlike)
    return list(of_two(name, called, [sample.id for sample in samples], cosines, parts))


def yaw(crop: bytes, landmarker: Landmarker) -> float | None:
    """Degrees by which the face of an aligned crop (a JPEG) is turned aside; None where its points make no face.

    On frames of the shared heads it is within 2.1 degrees of what the whole picture tells (turned by 18 at most).
    """
    points = landmarker.locate(from_jpeg(crop), np.array([FACE], np.float32)).points[0]
    try:
        return pose(points).yaw
    except ModelError:
        return None

"""What is said of one picture's faces: whom each is like, and how alike two are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db import Match, SearchIndex
from models.analysis import Analyzer, Face
from models.errors import PictureError
from models.files import PRIVATE
from models.images import Upload, read_image, to_jpeg
from stream.files import spare, write_whole
from stream.gallery.identity import UNKNOWN, GallerySearch, Identity, Rule, decide
from stream.gallery.rivals import one_name_each

CLEARLY = 0.1  # cosine above the threshold from which there is no doubt
PERHAPS = 0.1  # below it, down to which it may be the same person

PictureLike = Path | Upload | NDArray[np.uint8]
"""A file, the bytes of one, or (H, W, 3) BGR."""


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """A face of a picture, the people it is most similar to, best first, and who it is by the rules for a picture."""

    face: Face
    matches: list[Match]
    identity: Identity

    def as_dict(self, threshold: float) -> dict[str, Any]:
        """For JSON: box and points in pixels, similarities as cosine, and what they mean at a threshold."""
        points = self.face.landmarks
        return {
            "box": [round(float(side), 2) for side in self.face.box],
            "score": round(self.face.score, 4),
            "landmarks": None if points is None else points.astype(float).round(2).tolist(),
            "quality": round(self.face.quality, 4),
            "refused": self.face.refused,
            "matches": [
                {
                    "name": match.person.name,
                    "similarity": round(match.similarity, 4),
                    "meaning": meaning(match.similarity, threshold),
                }
                for match in self.matches
            ],
        }


def identified(faces: Sequence[Face], index: SearchIndex, rule: Rule, top: int) -> list[Identified]:
    """The faces of one picture, each with the people most similar to it, and with who it is.

    Args:
        rule: when a face gets a name; a picture gives no second look to agree.
        top: how many people for each face, at the most.

    Raises:
        DatabaseError: the gallery cannot be searched.
    """
    at_one_look = replace(rule, agree=1)
    each_by_itself = [
        decide(UNKNOWN, 0, matches, matches, at_one_look)[0] for matches in _search_each(faces, index.search_namable)
    ]
    identities = one_name_each(each_by_itself, [face.box for face in faces])
    matches = _search_each(faces, partial(index.search, top=top))
    return [
        Identified(face, similar, replace(identity, refused=face.refused))
        for face, similar, identity in zip(faces, matches, identities, strict=True)
    ]


def _search_each(faces: Iterable[Face], search: GallerySearch) -> list[list[Match]]:
    """The people nearest to each face, best first; nobody where it was refused."""
    return [[] if face.embedding is None else search(face.embedding[None])[0] for face in faces]


def as_image(picture: PictureLike) -> NDArray[np.uint8]:
    """(H, W, 3) BGR. Raises PictureError where it cannot be read."""
    return picture if isinstance(picture, np.ndarray) else read_image(picture)


def meaning(similarity: float, threshold: float) -> str:
    """What a cosine similarity says at a threshold, in words."""
    if similarity >= threshold + CLEARLY:
        return "the same person, clearly"
    if similarity >= threshold:
        return "the same person"
    if similarity >= threshold - PERHAPS:
        return "perhaps the same person: not enough for a name"
    return "somebody else"


def save_crops(folder: Path, name: str, faces: Iterable[Face], read: Iterable[Path] = ()) -> None:
    """Save the aligned faces of a picture as `NAME-1.jpg`, `NAME-2.jpg`, ...

    Args:
        read: pictures that must not be written over.

    Raises:
        StreamError: they cannot be written.
    """
    for number, face in enumerate(faces, start=1):
        if face.crop is not None:
            file = folder / f"{name}-{number}.jpg"
            for picture in read:
                spare(picture, file)
            write_whole(file, to_jpeg(face.crop), PRIVATE)


def similarity(analyzer: Analyzer, first: PictureLike, second: PictureLike) -> float:
    """Cosine similarity of the largest faces of two pictures.

    Raises:
        PictureError: a picture cannot be read, or shows no face that is good enough.
    """
    one, other = (largest_face(analyzer, picture, "compared") for picture in (first, second))
    assert one.embedding is not None
    assert other.embedding is not None
    return float(one.embedding @ other.embedding)


def largest_face(analyzer: Analyzer, picture: PictureLike, to_be: str) -> Face:
    """The largest face of a picture.

    Args:
        to_be: what is to be done with it, as in "cannot be compared".

    Raises:
        PictureError: the picture cannot be read, or shows no face that is good enough.
    """
    label = "the picture" if isinstance(picture, np.ndarray) else picture
    faces = analyzer.faces(as_image(picture), flip=True)
    if not faces:
        raise PictureError(no_face(label))
    if faces[0].refused is not None:
        raise PictureError(f"The face in {label} cannot be {to_be}: {faces[0].refused}.")
    return faces[0]


def no_face(picture: Path | Upload | str) -> str:
    """What is said of a picture that shows nobody."""
    return f"No face was found in {picture}: take a picture that shows one clearly."

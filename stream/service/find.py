"""Search back: was this face here before?"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.evidence.finding import Found, find_like
from db.unknowns.unknowns import Unknowns
from models.analysis import Face
from stream.drawing.sheet import Captioned, write_sheet
from stream.gallery.identify import PictureLike, largest_face, meaning
from stream.recognizer import Recognizer
from stream.service.evidence import Why

MOST = 20  # that are found, usually


@dataclass(frozen=True, slots=True)
class Before:
    """When and where a face was seen before, the most similar first, by the gallery's threshold (cosine)."""

    found: list[Found]
    threshold: float

    def meaning(self, one: Found) -> str:
        """What its similarity means, in words."""
        return meaning(one.similarity, self.threshold)


def find(
    recognizer: Recognizer,
    picture: PictureLike,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST,
) -> Before:
    """When and where the largest face of a picture was seen before, named or as a stranger who is kept.

    Raises:
        PictureError: the picture cannot be read, or shows no face that is good enough.
        DatabaseError: the database cannot be read.
    """
    return find_face(recognizer, largest_face(recognizer.analyzer, picture, "searched for"), since, until, most)


def find_face(
    recognizer: Recognizer,
    face: Face,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST,
) -> Before:
    """When and where a good face was seen before; see `find`."""
    assert face.embedding is not None
    digest = recognizer.analyzer.embedder.digest
    found = find_like(recognizer.database, digest, face.embedding, since, until, most)
    return Before(found, recognizer.rule.threshold)


def write_found(recognizer: Recognizer, before: Before, sheet: Path) -> bool:
    """Write a picture of each, as far as one is kept, on a contact sheet, a JPEG; False where there are none.

    Raises:
        StreamError: it cannot be written.
        PictureError: a picture is damaged.
    """
    pictures = []
    for one in before.found:
        jpeg = _picture(recognizer, one)
        if jpeg is not None:
            who = one.person or (f"unknown {one.unknown}" if one.unknown else "unknown")
            pictures.append(Captioned(jpeg, f"{who} {one.similarity:.2f}"))
    return write_sheet(pictures, sheet)


def _picture(recognizer: Recognizer, one: Found) -> bytes | None:
    if one.unknown is not None:
        unknowns = Unknowns(recognizer.database)
        kept = [*unknowns.portraits(one.unknown), *unknowns.pictures(one.unknown)]
        return next((picture.jpeg for picture in kept if picture.stay == one.stay), None)
    if one.sighting is None:
        return None
    shown = Why(recognizer.database, recognizer.analyzer.embedder.digest).pictures(one.sighting)
    return shown[0].jpeg if shown else None

"""Whose picture it is: the one face to enrol of a picture that may show others."""

from collections.abc import Sequence

from models.analysis import Face
from models.errors import PictureError

RIVAL = 1 / 3  # of the largest face's area: smaller ones are in the background


def only_face(faces: Sequence[Face]) -> tuple[Face, str | None]:
    """The face to enrol of a picture's faces, the largest first; and which it is, where others come near it in size.

    Those beside it do not matter as long as nobody could be enrolled by them: faces cut by the border, backs of heads,
    patterns that are none. Where the largest is such a one, and the detector is surer of another, it is that.

    Raises:
        PictureError: there is none, there are several, or it is not good enough.
    """
    if not faces:
        raise PictureError("no face found")
    largest = faces[0]
    near = [face for face in faces if face.area >= RIVAL * largest.area]
    good = [face for face in near if face.refused is None]
    if len(good) > 1:
        raise PictureError(f"several faces ({len(good)}): cut out the one to enrol")
    face = good[0] if good and good[0].score >= largest.score else largest
    if face.refused is not None:
        raise PictureError(face.refused)
    return face, _which(face, len(near)) if len(near) > 1 else None


def _which(face: Face, of: int) -> str:
    x1, y1, x2, y2 = face.box
    return f"of {of} faces the one of {x2 - x1:.0f} px at {(x1 + x2) / 2:.0f}, {(y1 + y2) / 2:.0f}"

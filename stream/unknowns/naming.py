"""A group of unknowns becomes a person, or one who is enrolled gets its pictures."""

from db.names import clean_name
from db.unknowns.unknowns import Unknowns
from models.images import from_jpeg
from stream.gallery.enroll import Enroller, Verdict, faces_of

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
    name = clean_name(name)
    unknowns = Unknowns(enroller.database)
    best = unknowns.pictures(number)[:BEST]
    faces = faces_of(enroller.embedder, [(from_jpeg(one.jpeg), one.quality or 0.0) for one in best])
    verdicts, samples = enroller.samples(
        name, [(f"unknown {number}, visit {one.stay}", face) for one, face in zip(best, faces, strict=True)], force
    )
    if samples or not best:
        unknowns.name(number, name, samples)
    return verdicts

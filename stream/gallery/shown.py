"""Somebody who is shown now becomes a person, by the good looks that are in memory."""

from collections.abc import Sequence

import numpy as np

from db.names import clean_name
from models.analysis import Face
from models.errors import PictureError
from stream.frame import View
from stream.gallery.enroll import Enroller, Verdict, faces_of


def looks_at(view: View, track: int) -> Sequence[Face]:
    """The good looks at a face that a view shows, the best first, by the number of its track.

    Raises:
        PictureError: it is not there any more, or there was no good look yet.
    """
    looks = view.looks.get(track, ())
    if looks:
        return looks
    ids = view.faces.tracker_id
    rows = [] if ids is None else np.flatnonzero(ids == track).tolist()
    if not rows:
        raise PictureError("That face is not there any more: choose another.")
    refused = view.faces.data["refused"][rows[0]]
    raise PictureError(
        f"There was no good look at that face yet{f' ({refused})' if refused else ''}: wait until it is nearer, and "
        "looks at the camera."
    )


def enroll_shown(enroller: Enroller, view: View, track: int, name: str) -> list[Verdict]:
    """Enrol whoever a view shows; see `looks_at` and `enroll_looks`."""
    return enroll_looks(enroller, name, looks_at(view, track), view.frame.camera)


def enroll_looks(
    enroller: Enroller, name: str, looks: Sequence[Face], source: str, force: bool = False
) -> list[Verdict]:
    """Enrol looks at one face, by the rules for any picture and as one decision; a verdict for each.

    Args:
        source: where they come from, in words.
        force: enrol also what only its similarity speaks against.

    Raises:
        DatabaseError: the gallery cannot take them, or the name is none.
    """
    name = clean_name(name)
    crops = [(look.crop, look.quality) for look in looks if look.crop is not None]
    verdicts, samples = enroller.samples(name, [(source, face) for face in faces_of(enroller.embedder, crops)], force)
    if samples:
        enroller.database.add_samples(name, samples)
    return verdicts


def in_a_sentence(name: str, verdicts: Sequence[Verdict]) -> str:
    """What became of them all."""
    refused = [verdict.refused for verdict in verdicts if verdict.refused is not None]
    if len(refused) < len(verdicts):
        return f"{name} is enrolled."
    return f"Refused: {'; '.join(dict.fromkeys(refused))}"

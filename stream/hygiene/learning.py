"""Offered looks become pictures of their person, by the same gate as any picture."""

from collections.abc import Collection

from db import DatabaseError
from db.history.suggestions import Suggestions
from models.images import from_jpeg
from stream.gallery.enroll import Enroller, Verdict, faces_of


def accept(enroller: Enroller, numbers: Collection[int]) -> list[Verdict]:
    """Enrol offered looks, of several people at once; those that the gate refuses stay offered.

    Raises:
        DatabaseError: one of them is not there, or not any more; then none is enrolled.
    """
    suggestions = Suggestions(enroller.database)
    verdicts = list[Verdict]()
    waiting = {one.id: one for one in suggestions.waiting()}
    crops = {number: from_jpeg(suggestions.crop(number)) for number in sorted(set(numbers))}
    for name in sorted({waiting[number].person for number in crops}):
        own = {f"suggestion {number}": number for number in crops if waiting[number].person == name}
        faces = faces_of(enroller.embedder, [(crops[number], waiting[number].quality) for number in own.values()])
        told, samples = enroller.samples(name, list(zip(own, faces, strict=True)))
        taken = sorted(own[sample.source] for sample in samples)
        if samples:
            suggestions.accept(name, taken, samples)
        verdicts += told
    if not verdicts:
        raise DatabaseError("No suggestion was given: `doorman people suggestions list` shows those there are.")
    return verdicts

"""Pictures that are enrolled as one person's, and show another who is enrolled."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from db import Gallery, Person
from stream.gallery.leave_one_out import own_and_others

AHEAD = 0.2  # cosine by which it must be more like the other, as a single look that gets a name (`Rule.clear`)
AT_ONCE = 256  # pictures


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Such a picture.

    Attributes:
        row: its place in the gallery.
        person: whose it is said to be.
        own: cosine to their other pictures.
        other: whom it shows.
        similarity: cosine to that one's pictures.
    """

    row: int
    person: Person
    own: float
    other: Person
    similarity: float


def misplaced(gallery: Gallery, threshold: float) -> Iterator[Misplaced]:
    """All of them: those that are not known as their person by the other pictures, but clearly as another.

    Args:
        threshold: cosine from which a face counts as a person.
    """
    owners = np.repeat(np.arange(len(gallery.people)), gallery.pictures)
    for begin in range(0, len(owners), AT_ONCE):
        rows = np.arange(begin, min(begin + AT_ONCE, len(owners)))
        own, scores = own_and_others(gallery, rows, owners[rows])
        scores[np.isnan(scores)] = -np.inf
        others = scores.argmax(axis=1)
        highest = scores[np.arange(len(rows)), others]
        for place in np.flatnonzero((own < threshold) & (highest >= threshold) & (highest - own >= AHEAD)).tolist():
            yield Misplaced(
                int(rows[place]),
                gallery.people[owners[rows[place]]],
                float(own[place]),
                gallery.people[others[place]],
                float(highest[place]),
            )


def without(gallery: Gallery, rows: set[int]) -> Gallery:
    """A gallery without some of its rows, and without those who have no other."""
    left = np.setdiff1d(np.arange(len(gallery.embeddings)), sorted(rows))
    starts = np.searchsorted(left, gallery.starts)
    there = np.diff(starts, append=len(left)) > 0
    people = [person for person, stays in zip(gallery.people, there.tolist(), strict=True) if stays]
    return Gallery(gallery.generation, gallery.embeddings[left], people, starts[there], gallery.last)

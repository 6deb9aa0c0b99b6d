"""Pictures that are enrolled as one person's, and show another who is enrolled."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from db import Gallery, Person
from db.search.searches import search_of
from models.scores import person_scores

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

    Others are searched for as before a camera: in a large gallery among a shortlist, milliseconds a picture.

    Args:
        threshold: cosine from which a face counts as a person.
    """
    search = search_of(gallery, person_scores)
    owners = np.repeat(np.arange(len(gallery.people)), gallery.pictures)
    for begin in range(0, len(owners), AT_ONCE):
        rows = range(begin, min(begin + AT_ONCE, len(owners)))
        for row, found in zip(rows, search(gallery.embeddings[begin : rows.stop].astype(np.float32)), strict=True):
            scores = np.where(found.people == owners[row], -np.inf, found.scores)
            best = int(scores.argmax())
            if scores[best] < threshold:
                continue
            own = _own(gallery, row, int(owners[row]))
            if own < threshold and scores[best] - own >= AHEAD:
                person, other = (gallery.people[place] for place in (owners[row], found.people[best]))
                yield Misplaced(row, person, own, other, float(scores[best]))


def _own(gallery: Gallery, row: int, owner: int) -> float:
    """What a picture scores by the others of its person; NaN where there is none."""
    begin = int(gallery.starts[owner])
    pictures = gallery.embeddings[begin : begin + int(gallery.pictures[owner])].astype(np.float32)
    cosines = pictures @ pictures[row - begin]
    cosines[row - begin] = -np.inf
    return float(person_scores(cosines[None], np.zeros(1, np.intp))[0, 0])


def without(gallery: Gallery, rows: set[int]) -> Gallery:
    """A gallery without some of its rows, and without those who have no other."""
    left = np.setdiff1d(np.arange(len(gallery.embeddings)), sorted(rows))
    starts = np.searchsorted(left, gallery.starts)
    there = np.diff(starts, append=len(left)) > 0
    people = [person for person, stays in zip(gallery.people, there.tolist(), strict=True) if stays]
    return Gallery(gallery.generation, gallery.embeddings[left], people, starts[there], gallery.last)

"""What is doubtful about the people enrolled, by the similarities of their pictures; each with a remedy."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from db import Gallery
from db.text.wording import how_many
from models.scores import person_scores
from stream.gallery.calibration.leave_one_out import Searched, leave_one_out
from stream.gallery.calibration.threshold import Thresholds
from stream.gallery.enroll import EQUAL
from stream.hygiene.misplaced import Misplaced, misplaced, without

Floats = NDArray[np.float32]

PART = 2  # pictures that look like somebody else: a single one may be of a bad moment
FEW = 3  # pictures: with fewer, a new light or a new pose is soon too much
FRONTAL = 30.0  # degrees: with all pictures turned further away, a face from the front is hardly known


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful.

    Attributes:
        about: the people's names.
        samples: numbers of the pictures that it is about.
        figure: what was measured: a cosine; pictures; or degrees.
        problem: in words, with the figure.
        remedy: commands that help.
    """

    about: tuple[str, ...]
    samples: tuple[int, ...]
    figure: float
    problem: str
    remedy: str


def doubts(
    gallery: Gallery, numbers: Sequence[int], thresholds: Thresholds, yaw: Callable[[int], float | None]
) -> Iterator[Doubt]:
    """All that is doubtful of a gallery.

    Args:
        numbers: of the pictures of the gallery's rows.
        yaw: degrees by which the face in a picture (its number) is turned aside; None where that cannot be told.
    """
    elsewhere = list(misplaced(gallery, thresholds.named))
    for one in elsewhere:
        yield _of_another(one, numbers[one.row])
    if elsewhere:
        rows = {one.row for one in elsewhere}
        gallery = without(gallery, rows)
        numbers = [number for row, number in enumerate(numbers) if row not in rows]
    for person, start, count in zip(gallery.people, gallery.starts.tolist(), gallery.pictures.tolist(), strict=True):
        own = np.asarray(gallery.embeddings[start : start + count], np.float32)
        its = numbers[start : start + count]
        yield from of_person(person.name, its, own @ own.T, thresholds.unlike)
        yield from _turned_away(person.name, its, yaw)
    yield from alike(gallery, thresholds.named)


def _turned_away(name: str, numbers: Sequence[int], yaw: Callable[[int], float | None]) -> Iterator[Doubt]:
    angles = []
    for number in numbers:
        angle = yaw(number)
        if angle is not None and abs(angle) <= FRONTAL:
            return  # the others need not be looked at
        angles += [] if angle is None else [abs(angle)]
    if angles:
        yield Doubt(
            (name,),
            tuple(numbers),
            min(angles),
            f"{name} is turned away in every picture, by {min(angles):.0f} degrees at least",
            f'enrol one from the front: doorman enroll PICTURE --name "{name}"',
        )


def _of_another(one: Misplaced, number: int) -> Doubt:
    return Doubt(
        (one.person.name, one.other.name),
        (number,),
        one.similarity,
        f"picture {number} of {one.person.name} looks like {one.other.name} (similarity {one.similarity:.2f}), "
        f"not like the others (similarity {one.own:.2f})",
        f'look at it, and where it is {one.other.name}: doorman people move {number} --to "{one.other.name}"',
    )


def of_person(name: str, numbers: Sequence[int], cosines: Floats, unlike: float) -> Iterator[Doubt]:
    """What is doubtful of one person's pictures.

    Args:
        numbers: (N) of the pictures.
        cosines: (N, N) of each with each.
        unlike: the cosine below which two are hardly of one person.
    """
    if len(numbers) < FEW:
        yield _too_few(name, numbers)
    parts = parts_of(cosines, unlike)
    yield from of_two(name, [str(number) for number in numbers], numbers, cosines, parts)
    told = {row for part in parts for row in part} if len(parts) > 1 else set[int]()
    yield from _strays(name, numbers, cosines, unlike, told)
    yield from _nearly_equal(name, numbers, cosines)


def _too_few(name: str, numbers: Sequence[int]) -> Doubt:
    return Doubt(
        (name,),
        tuple(numbers),
        len(numbers),
        f"{name} has {how_many(len(numbers), 'picture')}, and {FEW} or more are much better",
        f'enrol more: doorman enroll FOLDER --name "{name}"',
    )


def _nearly_equal(name: str, numbers: Sequence[int], cosines: Floats) -> Iterator[Doubt]:
    for one, other in combinations(range(len(numbers)), 2):
        if cosines[one, other] >= EQUAL:
            yield Doubt(
                (name,),
                (numbers[one], numbers[other]),
                float(cosines[one, other]),
                f"pictures {numbers[one]} and {numbers[other]} of {name} are nearly equal "
                f"(similarity {cosines[one, other]:.2f})",
                f"one of them does: doorman people set-aside {numbers[other]}",
            )


def of_two(
    name: str, called: Sequence[str], numbers: Sequence[int], cosines: Floats, parts: Sequence[Sequence[int]]
) -> Iterator[Doubt]:
    """Each set of one person's pictures that is like nobody but itself; the largest is taken to be the person's.

    Args:
        called: (N) what the pictures are called in words.
        parts: see `parts_of`.
    """
    for part in parts[1:]:
        between = float(cosines[np.ix_(part, parts[0])].mean())
        chosen = tuple(numbers[row] for row in part)
        yield Doubt(
            (name,),
            chosen,
            between,
            f"{name} looks like two people: pictures {', '.join(called[row] for row in part)} and the other "
            f"{len(parts[0])} have a similarity of {between:.2f} only",
            f"if so, give one's to them: doorman people move {' '.join(map(str, chosen))} --to NAME",
        )


def _strays(
    name: str, numbers: Sequence[int], cosines: Floats, unlike: float, told: Collection[int]
) -> Iterator[Doubt]:
    """Single pictures that are unlike all others, but for those (their rows) of which more is told already."""
    if len(numbers) < 2:
        return
    others = cosines.copy()
    np.fill_diagonal(others, -np.inf)
    for row, own in enumerate(person_scores(others, np.zeros(1, np.intp))[:, 0].tolist()):
        if own < unlike and row not in told:
            yield Doubt(
                (name,),
                (numbers[row],),
                own,
                f"picture {numbers[row]} of {name} is unlike the others (similarity {own:.2f})",
                f"look at it, and where it is somebody else: doorman people set-aside {numbers[row]}",
            )


def parts_of(cosines: Floats, unlike: float) -> list[list[int]]:
    """The sets of two pictures or more that are alike within and unlike between, the largest first.

    Sets become one as long as their pictures have a mean similarity of `unlike` or more (average linkage: Sokal and
    Michener 1958). What a single pair tells by chance does not count, as it would in single linkage: of the sixteen
    pairs of two people with four pictures each one is usually alike. See the model card for what this finds.

    Args:
        cosines: (N, N).
    """
    if len(cosines) < 2 * PART:
        return []
    merges = linkage(1.0 - cosines[np.triu_indices(len(cosines), 1)].astype(np.float64), "average")
    labels = fcluster(merges, 1.0 - unlike, "distance")
    parts = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    return sorted((part for part in parts if len(part) >= PART), key=lambda part: (-len(part), part))


def alike(gallery: Gallery, threshold: float) -> Iterator[Doubt]:
    """People who would be taken for each other, the most similar first."""
    if len(gallery.people) < 2:
        return
    for first, second, score in leave_one_out(Searched.all_of(gallery)).alike(threshold):
        yield Doubt(
            (first, second),
            (),
            score,
            f"{first} and {second} look like one person (similarity {score:.2f}, threshold {threshold:.2f})",
            f'if they are: doorman people merge "{first}" "{second}"; if not, enrol better pictures of both',
        )

"""Does a camera see well enough? Told by what the looks at its last visitors came to."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db import Sighting
from db.evidence.records import Appearance
from db.text.wording import how_many
from stream.evidence.accounts import BELOW, FEW, MARGIN, NOBODY

VISITS = 40  # the last ones, from which a camera is judged
ENOUGH = 0.8  # of the visits with a usable face: the camera sees well
SMALL = 24.0  # pixels between the eyes, below which faces are recognized less surely

ADVICE = {  # by how the commonest reason begins
    "too small": "move it nearer, or let it zoom in",
    "turned": "hang it where people look, at the height of faces",
    "blurred": "give it more light, or a shorter exposure, and see to its focus",
    "eyes, nose": "see to it that faces are not hidden, and to its light",
    "hardly": "see to it that faces are not hidden, and to its light",
}


@dataclass(frozen=True, slots=True)
class CameraSight:
    """How well a camera sees.

    Attributes:
        visits: the last ones, at most `VISITS`.
        usable: those of them with a face that could be recognized.
        eyes: usual distance between the eyes, in pixels; None where none were found.
        advice: what would help; None where it sees well.
    """

    camera: str
    visits: int
    usable: int
    eyes: float | None
    advice: str | None

    def __str__(self) -> str:
        size = "" if self.eyes is None else f", usually {self.eyes:.0f} px between the eyes"
        told = f"{self.camera}: a usable face in {self.usable} of the last {how_many(self.visits, 'visit')}{size}"
        return f"{told}: {self.advice or 'it sees well enough'}"


def sights(appearances: Iterable[tuple[Sighting, Appearance[str]]], visits: int = VISITS) -> list[CameraSight]:
    """How well each camera sees, by name.

    Args:
        appearances: of all cameras, the latest first.
    """
    by_camera: dict[str, list[Appearance[str]]] = {}
    for sighting, appearance in appearances:
        last = by_camera.setdefault(sighting.camera, [])
        if len(last) < visits:
            last.append(appearance)
    return [_sight(camera, last) for camera, last in sorted(by_camera.items())]


def reason(appearance: Appearance[str]) -> str:
    """Why a track has no name, with the numbers that tell it."""
    like = appearance.likeness
    why = appearance.reason or ""
    if why in (BELOW, MARGIN, FEW) and like.similarity is not None:
        nearest = f"most like {like.who or 'somebody who was erased'}, {like.similarity:.2f}"
        wanted = "" if appearance.threshold is None else f", {appearance.threshold:.2f} needed"
        if why == MARGIN and like.other_similarity is not None:
            return f"{why} ({nearest}, the next {like.other_similarity:.2f})"
        return f"{why} ({nearest}{wanted})"
    if why.startswith("too small") and appearance.eyes is not None:
        return f"{why} (usually {appearance.eyes:.0f} px between the eyes)"
    return why


def _sight(camera: str, last: Sequence[Appearance[str]]) -> CameraSight:
    usable = sum(one.usable > 0 for one in last)
    sizes = [one.eyes for one in last if one.eyes is not None]
    eyes = statistics.median(sizes) if sizes else None
    return CameraSight(camera, len(last), usable, eyes, _advice(last, usable, eyes))


def _advice(last: Sequence[Appearance[str]], usable: int, eyes: float | None) -> str | None:
    if usable >= ENOUGH * len(last):
        unsure = sum(one.reason in (BELOW, MARGIN, FEW) for one in last)
        nobody = any(one.reason == NOBODY for one in last)
        is_small = eyes is not None and eyes < SMALL
        return "move it nearer: small faces are recognized less surely" if is_small and (unsure or nobody) else None
    reasons = Counter(one.reason or "" for one in last if not one.usable)
    why = reasons.most_common(1)[0][0]
    return next((advice for begin, advice in ADVICE.items() if why.startswith(begin)), f"mostly {why}")

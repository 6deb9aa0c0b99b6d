"""The looks at a track weighed once more, by another rule: what would have come out?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face
from stream.gallery.identity import GallerySearch, IdentityState, Rule, TrackEvidence, weigh

NOWHERE = np.zeros(4, np.float32)


@dataclass(frozen=True, slots=True)
class Step:
    """What would be thought after a look.

    Attributes:
        name: of the person that it would be, or probably be.
        similarity: cosine of all looks so far to the person nearest to them.
    """

    state: IdentityState
    name: str | None
    similarity: float | None


def replay(looks: Sequence[tuple[int, float, NDArray[np.float32]]], search: GallerySearch, rule: Rule) -> list[Step]:
    """What would be thought of its track after each look, in the order given.

    Each track is weighed by itself: that somebody who has just left is known again at the first look is left out.

    Args:
        looks: the numbers of their tracks, qualities, and unit vectors (512,).
        search: the people nearest to each of (Q, 512) unit vectors, best first.
    """
    tracks = dict[int, TrackEvidence]()
    steps = []
    for track, quality, embedding in looks:
        face = Face(NOWHERE, 1.0, None, None, embedding, quality, None)
        tracks[track] = weigh(tracks.get(track, TrackEvidence()), face, search, rule)
        who = tracks[track].identity
        steps.append(Step(who.state, who.person.name if who.person else None, who.similarity))
    return steps

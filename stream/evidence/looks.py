"""The good looks at those who are there now, in memory: by them somebody can be enrolled who stands there."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.analysis import Face


class Looks:
    """Keeps of each track of one source the looks that make its evidence, for as long as it is there.

    Attributes:
        kept: by track, the best first; never changed, but replaced.
    """

    def __init__(self) -> None:
        self.kept: Mapping[int, tuple[Face, ...]] = {}

    def note(self, track: int, face: Face, evidence: Sequence[NDArray[np.float32]]) -> None:
        """A track was looked at.

        Args:
            face: what is shown of it may be kept.
            evidence: the embeddings that make the track's evidence now: of all others nothing is kept.
        """
        looks = (*self.kept.get(track, ()), face)
        behind = [look for look in looks if any(one is look.embedding for one in evidence)]
        self.kept = {**self.kept, track: tuple(sorted(behind, key=lambda look: -look.quality))}

    def keep(self, tracks: Collection[int]) -> None:
        """Forget every track but these."""
        if not self.kept.keys() <= set(tracks):
            self.kept = {track: looks for track, looks in self.kept.items() if track in tracks}

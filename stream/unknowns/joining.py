"""From which similarity a stay belongs to a group of unknowns."""

import math
from functools import lru_cache

from db.unknowns.records import Faces, Floats, Place
from models.embedder import Embedder
from models.manifest import ModelEntry
from models.scores import read_scores
from stream.gallery.calibration.false_accepts import FalseAccepts
from stream.gallery.identity import Rule
from stream.unknowns.grouping import nearest_group

RATE = 0.01  # share of strangers' stays that may join somebody else's group
UNMEASURED = 0.5  # cosine, of an embedder whose manifest entry has no threshold


class Joining:
    """Puts each new stay into the nearest group at once, or into a new one.

    The groups are as a gallery, and a stay that joins the wrong one is as a stranger who gets a name: the threshold is
    that at which the share `rate` of strangers would, by the embedder's score set.

    Args:
        entry: the embedder's.

    Raises:
        ModelError: the embedder's score set cannot be used.
    """

    def __init__(self, entry: ModelEntry, rate: float = RATE) -> None:
        self._entry = entry
        self._rate = rate
        joining_threshold(entry, 1, 1, rate)  # better told now than when the first stranger leaves

    def place(self, faces: Faces, embedding: Floats) -> int | None:
        """The group of a new stay (512,); None where it begins one."""
        found = nearest_group(faces.embeddings, faces.owners, embedding, self.threshold(faces))
        return None if found is None else found[0]

    def threshold(self, faces: Faces) -> float:
        """The cosine for so many groups as these are."""
        return self.threshold_of(faces.groups, len(faces.owners))

    def threshold_of(self, groups: int, stays: int) -> float:
        """The cosine for so many groups with so many stays in all."""
        return joining_threshold(self._entry, groups, stays / max(1, groups), self._rate)


def placing(embedder: Embedder) -> Place:
    """As `Joining.place`; its score set is read when there is a stay to place."""
    return lambda faces, embedding: Joining(embedder.network.entry).place(faces, embedding)


def joining_threshold(entry: ModelEntry, groups: int, stays: float, rate: float = RATE) -> float:
    """The cosine from which a stay belongs to one of so many groups.

    The number of groups is rounded up to the next half power of two, so that it is computed seldom.

    Args:
        stays: of a group, on the average.

    Raises:
        ModelError: the embedder's score set cannot be used.
    """
    size = math.ceil(2 ** (math.ceil(2 * math.log2(max(1, groups))) / 2))
    return _threshold(entry, size, math.ceil(stays), rate)


@lru_cache(maxsize=64)
def _threshold(entry: ModelEntry, groups: int, stays: int, rate: float) -> float:
    scores = read_scores(entry)
    if scores is None:  # nothing is known of rates
        return Rule(UNMEASURED if entry.threshold is None else entry.threshold).for_one_look.threshold
    return FalseAccepts(scores, {max(1, stays): groups}).expected(shift=0.0).threshold(rate)

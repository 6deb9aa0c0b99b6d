"""Which stays are one face's: pure functions of similarities. Groups grow and become one; none is ever divided here."""

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from models.scores import person_scores

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


def summary(embeddings: Floats, qualities: Floats) -> Floats:
    """What stands for a stay (512,): the mean of its looks, weighted by quality, over the root of its length.

    The product of two such is their mean similarity over the geometric mean of both lengths: as if one of the two were
    of unit length and the other not. So a track's evidence, of unit length, is compared with single samples elsewhere,
    and thresholds for those hold here. With both of unit length strangers would be more alike, and with none less.

    Args:
        embeddings: (looks, 512) unit vectors.
        qualities: (looks,) above 0.
    """
    mean = qualities @ embeddings / qualities.sum()
    return np.asarray(mean / max(math.sqrt(np.linalg.norm(mean)), 1e-9), np.float32)


def nearest_group(embeddings: Floats, owners: Ids, query: Floats, threshold: float) -> tuple[int, float] | None:
    """The group that a new stay belongs to, and its score, as a gallery gives it to a person (`person_scores`).

    Args:
        embeddings: (N, 512) each stay's `summary`.
        owners: (N,) the number of each one's group.
        query: (512,) likewise.
        threshold: cosine that the score must reach.
    """
    similarities = embeddings @ query
    # A score is a mean of the highest: only a group with one above the threshold can reach it.
    rows = np.flatnonzero(np.isin(owners, np.unique(owners[similarities >= threshold])))
    if not rows.size:
        return None
    rows = rows[np.argsort(owners[rows], kind="stable")]
    groups, starts = np.unique(owners[rows], return_index=True)
    scores = person_scores(similarities[rows][None], starts)[0]
    best = int(np.argmax(scores))
    return (int(groups[best]), float(scores[best])) if scores[best] >= threshold else None


def group_means(embeddings: Floats, owners: Ids) -> tuple[Ids, Floats]:
    """The numbers (G,) of the groups, ascending, and the mean (G, 512) of each one's stays, not of unit length.

    The product of two means is the mean similarity of the stays of one group with those of the other.
    """
    groups, rows, counts = np.unique(owners, return_inverse=True, return_counts=True)
    shares = csr_array((1 / counts[rows].astype(np.float32), (rows, np.arange(len(rows)))), (len(groups), len(rows)))
    return groups, np.asarray(shares @ embeddings, np.float32)


def merges(
    groups: Ids, means: Floats, threshold: float, apart: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Which groups are one, by average linkage (UPGMA, Sokal and Michener 1958).

    Two clusters that would bring together what somebody has split stay as they are, and so does all above them.

    Args:
        groups: (G,) numbers.
        means: (G, 512) as `group_means` gives them.
        threshold: cosine that the mean similarity must reach.
        apart: pairs of numbers.

    Returns:
        Pairs of a number and the lower one into which that goes.
    """
    if len(groups) < 2:
        return []
    distances = 1 - (means @ means.T).astype(np.float64)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(np.maximum(distances, 0), checks=False), "average")
    clusters: list[frozenset[int] | None] = [frozenset([number]) for number in groups.tolist()]
    for left, right, distance, _ in tree:
        both = clusters[int(left)], clusters[int(right)]
        joined = None if distance > 1 - threshold else _joined(*both, apart)
        clusters.append(joined)
        if joined is not None:
            clusters[int(left)] = clusters[int(right)] = None
    return [(number, min(one)) for one in clusters if one for number in sorted(one - {min(one)})]


def _joined(
    one: frozenset[int] | None, other: frozenset[int] | None, apart: Collection[tuple[int, int]]
) -> frozenset[int] | None:
    if one is None or other is None:
        return None
    both = one | other
    return None if any(pair[0] in both and pair[1] in both for pair in apart) else both

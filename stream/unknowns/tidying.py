"""A tidy-up now and then: groups that have turned out to be one face's become one."""

import numpy as np

from db import Database
from db.unknowns.unknowns import Unknowns
from models.embedder import Embedder
from stream.unknowns.grouping import group_means, merges
from stream.unknowns.joining import Joining

MOST = 3000  # groups at once: those to which something was added last


def tidy_up(database: Database, embedder: Embedder) -> int:
    """See `tidy_up_by`; there is nothing to do where there are no two groups."""
    if Unknowns(database).counts()[0] < 2:
        return 0
    return tidy_up_by(database, embedder.digest, Joining(embedder.network.entry))


def tidy_up_by(database: Database, digest: str, joining: Joining) -> int:
    """Merge groups by average linkage, as far as it honours what people have decided; returns how many have gone.

    None is divided, and what is ignored stays apart from what is not. Where somebody decides something meanwhile,
    nothing is done.

    Args:
        digest: sha256 of the embedder's file.
    """
    unknowns = Unknowns(database)
    faces = unknowns.faces(digest)
    numbers, means = group_means(faces.embeddings, faces.owners)
    newest = np.zeros(len(numbers), np.int64)
    np.maximum.at(newest, np.searchsorted(numbers, faces.owners), np.arange(len(faces.owners)))
    chosen = np.sort(np.argsort(-newest)[:MOST])
    is_ignored = np.isin(numbers, list(faces.ignored))
    threshold = joining.threshold(faces)
    apart = unknowns.apart()
    found = [
        pair
        for rows in (chosen[~is_ignored[chosen]], chosen[is_ignored[chosen]])
        for pair in merges(numbers[rows], means[rows], threshold, apart)
    ]
    return len(found) if found and unknowns.unite(found, faces.generation) else 0

"""Faces of unknowns who are ignored get nobody's name."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from db import Database
from db.search.loaded import Ignores
from db.unknowns.unknowns import Unknowns
from models.manifest import ModelEntry
from stream.unknowns.grouping import Floats, nearest_group
from stream.unknowns.joining import Joining


def ignores(database: Database, digest: str, entry: Callable[[], ModelEntry]) -> Ignores | None:
    """Tells faces of those who are ignored at this moment; None where nobody is.

    A face is an ignored group's above the threshold at which it would join the group, and only if it is nearer to it
    than to any sample of an enrolled person.

    Args:
        entry: the embedder's.
    """
    unknowns = Unknowns(database)
    faces = unknowns.ignored(digest)
    if not faces.owners.size:
        return None
    lengths = np.linalg.norm(faces.embeddings, axis=1, keepdims=True)
    embeddings = faces.embeddings / np.maximum(lengths, 1e-9)
    threshold = Joining(entry()).threshold_of(*unknowns.counts()[:2])

    def are_ignored(queries: Floats, nearest: Floats) -> NDArray[np.bool_]:
        found = [nearest_group(embeddings, faces.owners, query, threshold) for query in queries]
        scores = [-1.0 if one is None else one[1] for one in found]
        return np.array(scores) > np.maximum(nearest, -1.0)

    return are_ignored

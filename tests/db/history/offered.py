"""Looks that are offered as further pictures."""

import numpy as np
from numpy.typing import NDArray

from db import Database, SightingWriter
from db.evidence.records import Judgement, Likeness, NewEvidence
from tests.people import DIGEST, at


def look(person: int, embedding: NDArray[np.float32], offered: bytes | None = b"a face") -> NewEvidence:
    like, then = Likeness(person, 0.7), Judgement(0.7, 0.5, 2, "named")
    return NewEvidence(1, at(0), 0.6, 30.0, like, then, DIGEST, embedding, offered=offered)


def seen(database: Database, person: int | None, *looks: NewEvidence) -> None:
    with SightingWriter(database) as writer:
        key = writer.open("door", at(0))
        writer.name(key, person, 0.7)
        writer.explain(key, looks)

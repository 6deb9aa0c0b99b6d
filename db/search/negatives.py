"""Looks that are not a person's, as somebody has said: a face more like one of them is not named so again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from db.records import Match
from db.schema.history import NegativeRow
from db.transactions import Transactions
from db.vectors import from_stored, is_whole


@dataclass(frozen=True, slots=True, eq=False)
class Negatives:
    """All of them, by the embedder in use.

    Attributes:
        embeddings: (N, 512) float32, unit length.
        people: (N,) the id of the person whose each is not.
        known: (N,) bool, whether it was said whose it is.
    """

    embeddings: NDArray[np.float32]
    people: NDArray[np.int64]
    known: NDArray[np.bool_]

    def namable(
        self, query: NDArray[np.float32], matches: Sequence[Match], nearest: Sequence[float]
    ) -> Sequence[Match]:
        """The people that a face (512,) may be named after.

        Whoever is first, but less like the face than a look that is not theirs, is out; and so is everybody, unless
        that look is known to be somebody else's: a stranger's face is not the next one's either.

        Args:
            matches: the people nearest to the face, best first.
            nearest: cosine of the most similar sample of each of them.
        """
        similarities = self.embeddings @ query
        for place, (match, own) in enumerate(zip(matches, nearest, strict=True)):
            against = np.where(self.people == match.person.id, similarities, -np.inf)
            likest = int(against.argmax())
            if against[likest] <= own:
                return matches[place:]
            if not self.known[likest]:
                return []
        return []


def load(database: Transactions, digest: str) -> Negatives | None:
    """Those by the embedder with this digest; None where there are none."""
    query = select(NegativeRow.person_id, NegativeRow.right_id, NegativeRow.embedding).order_by(NegativeRow.id)
    itself = NegativeRow.right_id.is_not(None) & (NegativeRow.right_id == NegativeRow.person_id)  # merged since
    with database.reading() as session:
        rows = session.execute(query.where(NegativeRow.digest == digest, ~itself)).all()
    rows = [row for row in rows if is_whole(row.embedding)]
    if not rows:
        return None
    people = np.array([row.person_id for row in rows], np.int64)
    known = np.array([row.right_id is not None for row in rows])
    return Negatives(from_stored(row.embedding for row in rows), people, known)

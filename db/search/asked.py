"""A gallery that is held elsewhere: those who may be near to a face are asked for, and compared with it exactly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.records import EMBEDDING_SIZE, Gallery, Match, Person
from db.search.loaded import Ignores, Loaded
from db.search.negatives import Negatives
from db.search.searches import PersonScores, WholeSearch

Near = Callable[[NDArray[np.float32]], Gallery]
"""Those who may be near to a (512,) unit vector, with all their samples."""


def nobody(_query: NDArray[np.float32]) -> Gallery:
    """Near for those who ask for nobody, and are to load nobody."""
    return Gallery(0, np.empty((0, EMBEDDING_SIZE), np.float32), [], np.empty(0, np.intp))


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What there was to know of such a gallery at one moment; see `Loaded`.

    Attributes:
        near: asks for those who may be near to a face. Raises DatabaseError while nobody answers.
        one: loads one person, by their id.
        everybody: loads all.
    """

    generation: int
    near: Near
    one: Callable[[int], Gallery]
    everybody: Callable[[], Gallery]
    score: PersonScores
    ignores: Ignores | None = None
    negatives: Negatives | None = None

    @property
    def gallery(self) -> Gallery:
        """Everybody, loaded for whoever asks."""
        return self.everybody()

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """See `SearchIndex.search`."""
        return [self._held(self.near(query)).search(query[None], top)[0] for query in queries]

    def search_namable(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """See `SearchIndex.search_namable`."""
        return [self._held(self.near(query)).search_namable(query[None])[0] for query in queries]

    def match(self, person: int, query: NDArray[np.float32]) -> Match | None:
        """See `SearchIndex.match`."""
        return self._held(self.one(person)).match(person, query)

    def owners(self, embedding: NDArray[np.float32], alike: float) -> Sequence[Person]:
        """See `SearchIndex.owners`."""
        return self._held(self.near(embedding)).owners(embedding, alike)

    def _held(self, gallery: Gallery) -> Loaded:
        return Loaded(gallery, WholeSearch(gallery, self.score), self.score, self.ignores, self.negatives)

"""Search: who of the people in a database is like a face, as far as they are enrolled at this moment."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray

from db.database import Database
from db.errors import TEMPORARY
from db.names import name_key
from db.people.gallery import refuse_other_embedders
from db.records import Gallery, Match, Part, Person
from db.search import on_server
from db.search.asked import Asked, Near
from db.search.loaded import Ignores, Loaded
from db.search.negatives import Negatives, load
from db.search.searches import PersonScores, search_of

SAME = 0.9995  # cosine; a picture of the moment after is less like it


class SearchIndex:
    """Who is most similar, among all people of a database, as far as they are enrolled at this moment.

    Keeps the embeddings in memory, and loads them anew when the database's generation has changed. Threads may share
    it. Small galleries are searched wholly, large ones by a shortlist: see `db.search.searches`. Where the database has
    an index of its own, nothing is kept: see `db.search.on_server`.

    Args:
        digest: that of the embedder which makes the queries.
        score: turns similarities to samples (Q, N) into scores of people (Q, P), whose first columns it is given.
        ignoring: loads, with the gallery, who is ignored; None where nobody is.
        near: asks those who hold the gallery, where it is not to be held here.
        part: of the gallery alone; see `Part`.

    Raises:
        DatabaseError: the gallery was made with another embedder.
    """

    def __init__(
        self,
        database: Database,
        digest: str,
        score: PersonScores,
        ignoring: Callable[[], Ignores | None] = lambda: None,
        near: Near | None = None,
        part: Part | None = None,
    ) -> None:
        self.digest = digest
        self._near = near
        self._part = part
        self._database = database
        self._score = score
        self._ignoring = ignoring
        self._lock = threading.Lock()
        self._take()

    def search(self, queries: NDArray[np.float32], top: int = 5) -> list[list[Match]]:
        """The `top` most similar people for each of (Q, 512) unit vectors, the best first.

        While the database is locked or away, the people are those of before.
        """
        return self._latest().search(queries, top)

    def match(self, person: int, query: NDArray[np.float32]) -> Match | None:
        """How similar a face (512,) is to somebody of this id, also where a search would not find them.

        None where they have no sample in use.
        """
        return self._latest().match(person, query)

    def search_namable(self, queries: NDArray[np.float32]) -> list[list[Match]]:
        """As `search`, and nobody for faces of those who are ignored; see also `Negatives.namable`."""
        return self._latest().search_namable(queries)

    def as_loaded(self) -> Callable[[NDArray[np.float32]], list[list[Match]]]:
        """`search_namable` as it is at this moment; it stays as it is, and waits for nothing if the gallery is kept."""
        return self._current().search_namable

    def near(self, query: NDArray[np.float32]) -> Gallery:
        """Those who come nearest to a face (512,), with all their samples: what `Asked` compares exactly."""
        return self._latest().near(query)

    @property
    def gallery(self) -> Gallery:
        """Everybody's embeddings, as they are at this moment."""
        return self._current().gallery

    def generation(self) -> int:
        """The database's: while it stays the same, so does the gallery."""
        return self._database.generation()

    def has(self, name: str, embedding: NDArray[np.float32]) -> bool:
        """Whether a person has a sample of this very (512,) unit vector: the same picture, and no other."""
        return name_key(name) in {name_key(person.name) for person in self.owners(embedding, SAME)}

    def owners(self, embedding: NDArray[np.float32], alike: float) -> Sequence[Person]:
        """Those who have a sample that is so much like a (512,) unit vector (cosine), or more."""
        return self._current().owners(embedding, alike)

    def _latest(self) -> Loaded | Asked:
        with suppress(*TEMPORARY):
            self._current()
        return self._loaded

    def _current(self) -> Loaded | Asked:
        with self._lock:
            if self._database.generation() != self._loaded.generation:
                self._take(self._loaded)
            return self._loaded

    def _take(self, before: Loaded | Asked | None = None) -> None:
        """Load the gallery, and only then who is ignored and the negatives.

        What is decided in between changes the generation, which was read with the gallery: all is loaded once more.
        """
        database = self._database
        near = self._near
        if near is None and self._part is None and on_server.is_there(database):
            near = partial(on_server.near, database)
        if near is None:
            last = before.gallery if isinstance(before, Loaded) else None
            gallery = database.gallery(self.digest, last, self._part)
            self._loaded: Loaded | Asked = Loaded(gallery, search_of(gallery, self._score), *self._rest())
        else:
            generation = database.generation()
            with database.reading() as session:
                refuse_other_embedders(session, self.digest)
            everybody = partial(database.gallery, self.digest)
            self._loaded = Asked(generation, near, database.gallery_of, everybody, *self._rest())

    def _rest(self) -> tuple[PersonScores, Ignores | None, Negatives | None]:
        return self._score, self._ignoring(), load(self._database, self.digest)

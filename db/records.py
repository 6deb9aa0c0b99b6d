"""What the database gives and takes: small immutable records. Moments are aware datetimes, stored and given in UTC."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

EMBEDDING_SIZE = 512
BLOCK = 50_000  # samples that are compared at a time
LARGE = 20_000  # samples; more are kept in half precision and searched by a shortlist, fewer within some milliseconds

Aside = Literal["aside", "dropped"]
"""Why a sample is not searched for: until it is restored, or for good once it cannot be taken back any more."""

EventName = Literal["entered", "named", "left", "camera_lost", "camera_back"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody enrolled.

    Attributes:
        samples: how many faces of theirs are kept.
        like: whom some of them were like enough to be taken for, when they were enrolled.
    """

    id: int
    name: str
    created: datetime
    samples: int
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class NewSample:
    """A face to enrol.

    Attributes:
        embedding: (512,) float32, unit length.
        digest: sha256 of the embedder's file.
        quality: 0 to 1.
        source: where the face comes from: a path, or a camera.
        crop: JPEG of the aligned 112x112 face.
        forced: enrolled although its similarity spoke against it.
        like: id of somebody else whom it is like enough to be taken for.
    """

    embedding: NDArray[np.float32]
    digest: str
    quality: float
    source: str
    crop: bytes
    forced: bool = False
    like: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """An enrolled face without its embedding (see `Database.gallery`) and picture (see `Database.crop`).

    Attributes:
        aside: whether it was set aside, so that nobody is recognized by it.
    """

    id: int
    person_id: int
    digest: str
    quality: float
    source: str
    created: datetime
    forced: bool
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How similar (cosine) a face is to a person."""

    person: Person
    similarity: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """An interval in which somebody was before a camera.

    Attributes:
        person: their name, or None for a stranger.
        similarity: the best cosine to that person.
        snapshot: absolute path of a picture.
    """

    id: int
    person: str | None
    camera: str
    first_seen: datetime
    last_seen: datetime
    similarity: float | None
    snapshot: str | None

    @property
    def picture(self) -> str | None:
        """The snapshot as far as it is to be seen: it is a stranger's once its name was taken away."""
        return None if self.person is None else self.snapshot

    @property
    def by_hand(self) -> bool:
        """Whether somebody gave it its name: a name that looks gave has a similarity."""
        return self.person is not None and self.similarity is None


@dataclass(frozen=True, slots=True, eq=False)
class NewSnapshot:
    """A picture of a sighting: its absolute path, as `escaped` has it, and the JPEG that will be there."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened before a camera, or to it; what does not apply is None.

    Attributes:
        time: when it happened.
        event: `named` tells who a track is from now on: without a name, a stranger again.
        track: the tracker's number, of this run.
        sighting: the sighting's id in the database.
        name: of the person; when it is told, as far as it is known by then; from the database, the sighting's by now.
        similarity: cosine to that person.
        reason: why, in a sentence.
        snapshot: path of a picture of whoever is named.
    """

    time: datetime
    camera: str
    event: EventName
    track: int | None = None
    sighting: int | None = None
    name: str | None = None
    similarity: float | None = None
    reason: str | None = None
    snapshot: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The event as it is written and sent, ready for JSON: its time in ISO 8601 with zone, a snapshot if any."""
        picture = {} if self.snapshot is None else {"snapshot": self.snapshot}
        return {
            "time": self.time.isoformat(timespec="milliseconds"),
            "camera": self.camera,
            "event": self.event,
            "track": self.track,
            "sighting": self.sighting,
            "name": self.name,
            "similarity": None if self.similarity is None else round(float(self.similarity), 4),
            "reason": self.reason,
            **picture,
        }


Tell = Callable[[Event], None]
"""Takes an event and returns at once; may be called from any thread."""


def untold(_event: Event) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Everybody's embeddings at one moment, rows of the same person side by side.

    Attributes:
        generation: the database's, to see whether the gallery is still up to date.
        embeddings: (N, 512) float32, unit length; float16 where there are more than `LARGE`.
        people: the P people who have samples.
        starts: (P,) the first row of each of them.
        last: the highest id of a sample.
    """

    generation: int
    embeddings: NDArray[np.floating]
    people: list[Person]
    starts: NDArray[np.intp]
    last: int = 0

    @property
    def owners(self) -> NDArray[np.int64]:
        """(N,) the id of each row's person."""
        return np.repeat(np.array([person.id for person in self.people], np.int64), self.pictures)

    def cosines(self, queries: NDArray[np.floating]) -> NDArray[np.float32]:
        """The similarity of (Q, 512) unit vectors to every row, (Q, N), in single precision whatever is kept."""
        single = np.asarray(queries, np.float32)
        found = np.empty((len(single), len(self.embeddings)), np.float32)
        for begin in range(0, len(self.embeddings), BLOCK):
            some = self.embeddings[begin : begin + BLOCK].astype(np.float32, copy=False)
            np.matmul(single, some.T, out=found[:, begin : begin + BLOCK])
        return found

    @property
    def pictures(self) -> NDArray[np.intp]:
        """(P,) how many samples each of them has."""
        return np.diff(self.starts, append=len(self.embeddings))

    def of(self, places: NDArray[np.intp]) -> "Gallery":
        """Those at N places alone; these are (N,), ascending."""
        lengths = self.pictures[places]
        starts = np.cumsum(lengths) - lengths
        rows = np.repeat(self.starts[places] - starts, lengths) + np.arange(lengths.sum())
        return Gallery(
            self.generation, self.embeddings[rows], [self.people[place] for place in places], starts, self.last
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One of so many parts that people are shared among by their ids, numbered from 0."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased.

    Attributes:
        snapshots: files.
        messages: events that waited to be sent.
        copies: paths of files that still hold what was erased and are to be deleted by hand.
        strangers: stays of strangers.
    """

    samples: int
    sightings: int
    snapshots: int
    messages: int = 0
    copies: tuple[str, ...] = ()
    strangers: int = 0

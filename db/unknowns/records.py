"""What is given and taken of unknowns: small immutable records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from db.records import EMBEDDING_SIZE

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class NewLook:
    """A good look at a stranger.

    Attributes:
        embedding: (512,) float32, unit length.
        quality: 0 to 1.
        crop: JPEG of the aligned 112x112 face.
    """

    embedding: Floats
    quality: float
    crop: bytes


@dataclass(frozen=True, slots=True, eq=False)
class NewStay:
    """What is kept of a track that ended without a name.

    Attributes:
        digest: sha256 of the embedder's file.
        embedding: (512,) float32, what stands for all its looks, not of unit length: its product with another stay's is
            how similar the two are.
        looks: the best of them.
        portrait: JPEG of the face with what is around it, 224x224, for people's eyes; None where none may be kept.
    """

    digest: str
    embedding: Floats
    looks: tuple[NewLook, ...]
    portrait: bytes | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A group of stays that look like one stranger's.

    Attributes:
        visits: how many stays.
        pictures: how many aligned faces are kept of them.
        cameras: their names, in order.
    """

    id: int
    visits: int
    pictures: int
    first_seen: datetime
    last_seen: datetime
    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a stranger before a camera.

    Attributes:
        pictures: how many aligned faces are kept of it.
        sighting: the id of its sighting, while that is kept.
        has_portrait: whether a picture for people's eyes is kept of it.
    """

    id: int
    camera: str
    first_seen: datetime
    last_seen: datetime
    pictures: int
    sighting: int | None
    has_portrait: bool


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is kept of a stranger: a JPEG of the aligned face, or the portrait, which has no quality."""

    stay: int
    jpeg: bytes
    quality: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """What all unknowns look like at one moment, a row for each stay, in the order in which they were written.

    Attributes:
        digest: that of the embedder by which they are compared; stays that were embedded by another are not here.
        generation: the database's.
        last: the highest id of a stay.
        embeddings: (N, 512) float32, what stands for each stay, not of unit length.
        owners: (N,) the id of each row's group.
        groups: how many there are: to count them anew for each stay would take a while.
        ignored: the ids of the groups that are ignored.
        room: memory that begins with the embeddings, and in which there may be place for more.
    """

    digest: str
    generation: int
    last: int
    embeddings: Floats
    owners: NDArray[np.int64]
    groups: int
    ignored: frozenset[int]
    room: Floats

    @classmethod
    def none(cls, digest: str, generation: int = -1, ignored: frozenset[int] = frozenset()) -> "Faces":
        """Nobody is unknown."""
        empty = np.empty((0, EMBEDDING_SIZE), np.float32)
        return cls(digest, generation, 0, empty, np.empty(0, np.int64), 0, ignored, empty)

    def with_more(self, last: int, owners: NDArray[np.int64], embeddings: Floats) -> "Faces":
        """With N more stays; takes time for these alone, as long as there is room.

        Args:
            last: the highest id of a stay by now.
            owners: (N,) the id of each one's group.
            embeddings: (N, 512).
        """
        before, after = len(self.owners), len(self.owners) + len(owners)
        room = self.room
        if after > len(room):
            room = np.empty((2 * after, EMBEDDING_SIZE), np.float32)
            room[:before] = self.embeddings
        room[before:after] = embeddings
        named = np.unique(owners)
        groups = self.groups + len(named) - int(np.count_nonzero(np.isin(named, self.owners)))
        owners = np.append(self.owners, owners)
        return replace(self, last=last, embeddings=room[:after], owners=owners, groups=groups, room=room)


Place = Callable[[Faces, Floats], int | None]
"""Says to which group a new stay (512,) belongs; None: to none there is."""

"""What is given and taken of evidence: small immutable records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Who = TypeVar("Who", int, str)


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Who]):
    """How similar (cosine) something is to the person nearest to it, and to the next: ids going in, names coming out.

    Who is None where nobody is there to compare with, or they were erased since.
    """

    who: Who | None = None
    similarity: float | None = None
    other: Who | None = None
    other_similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was thought of a track after a look.

    Attributes:
        gathered: cosine of all looks so far to the person nearest to them.
        threshold: cosine that they had to reach.
        agreed: looks so far that agreed on that person, each by itself.
        state: "unknown", "probable" or "named".
    """

    gathered: float | None
    threshold: float
    agreed: int
    state: str


@dataclass(frozen=True, slots=True, eq=False)
class NewEvidence:
    """A look behind a name.

    Attributes:
        track: the tracker's number, of this run.
        time: when it was.
        quality: 0 to 1.
        eyes: distance between them, in pixels of the picture.
        likeness: of this look alone.
        digest: sha256 of the embedder's file.
        embedding: (512,) float32, unit length.
        crop: JPEG of the aligned 112x112 face, where it is to be kept.
        offered: JPEG of the same, where it may be a further picture of the person.
        liveness: how surely it is no picture, by a network of the user's, 0 to 1.
    """

    track: int
    time: datetime
    quality: float
    eyes: float
    likeness: Likeness[int]
    decision: Judgement
    digest: str
    embedding: NDArray[np.float32]
    crop: bytes | None = None
    offered: bytes | None = None
    liveness: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A look behind a name, as it is kept, without its embedding and crop; see `NewEvidence`."""

    id: int
    track: int
    time: datetime
    quality: float
    eyes: float
    likeness: Likeness[str]
    decision: Judgement
    has_crop: bool
    liveness: float | None


@dataclass(frozen=True, slots=True)
class Appearance(Generic[Who]):
    """What the looks at a track came to.

    Attributes:
        looks: how many there were.
        usable: those that could tell something.
        eyes: usual distance between the eyes in pixels; None where they were never found.
        reason: why it has no name, in words; None with a name.
        likeness: of all looks together, when it was best.
        threshold: cosine that was asked for then.
    """

    looks: int
    usable: int
    eyes: float | None
    reason: str | None
    likeness: Likeness[Who]
    threshold: float | None = None

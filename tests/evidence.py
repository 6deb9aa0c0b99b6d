"""Made-up looks behind names, for tests."""

from db import Database, SightingWriter
from db.evidence.records import Appearance, Judgement, Likeness, NewEvidence
from tests.people import DIGEST, at, embedding


def new_look(
    person: int | None = 1,
    seconds: float = 0.0,
    quality: float = 0.8,
    other: int | None = None,
    state: str = "named",
    seed: int = 0,
    crop: bytes | None = None,
    digest: str = DIGEST,
    vector=None,
    track: int = 1,
) -> NewEvidence:
    like = Likeness(person, 0.7, other, None if other is None else 0.3)
    vector = embedding(seed) if vector is None else vector
    return NewEvidence(track, at(seconds), quality, 40.0, like, Judgement(0.7, 0.5, 2, state), digest, vector, crop)


def seen(
    database: Database,
    person: int | None,
    *looks: NewEvidence,
    appearance: Appearance[int] | None = None,
    first: float = 0.0,
    camera: str = "door",
) -> int:
    """Let somebody be seen for ten seconds; returns the sighting's id."""
    with SightingWriter(database) as writer:
        key = writer.open(camera, at(first))
        writer.name(key, person, 0.7)
        writer.explain(key, looks, appearance)
        writer.close(key, at(first + 10))
    return max(sighting.id for sighting in database.sightings())


def unnamed(reason: str, usable: int = 0, looks: int = 5, eyes: float | None = 8.0, **more) -> Appearance[int]:
    return Appearance(looks, usable, eyes, reason, **{"likeness": Likeness(), **more})

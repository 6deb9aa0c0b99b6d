"""Strangers who are kept, for tests: made-up stays in a database."""

from collections.abc import Callable

from db import Database, SightingWriter
from db.unknowns.records import Faces, Floats, NewLook, NewStay
from stream.unknowns.grouping import nearest_group
from tests.people import DIGEST, at

Place = Callable[[Faces, Floats], int | None]


def place(faces: Faces, embedding: Floats) -> int | None:
    """Joins from a cosine of 0.5 on."""
    found = nearest_group(faces.embeddings, faces.owners, embedding, 0.5)
    return found and found[0]


def new_stay(*embeddings: Floats, portrait: bytes | None = b"a portrait", digest: str = DIGEST) -> NewStay:
    looks = tuple(NewLook(one, 0.9 - 0.1 * i, b"a crop %d" % i) for i, one in enumerate(embeddings))
    return NewStay(digest, embeddings[0], looks, portrait)


def keep(database: Database, *stays: NewStay, camera: str = "door", first: float = 0.0, place: Place = place) -> None:
    """Let each stay ten seconds, one after the other, a minute apart."""
    with SightingWriter(database) as writer:
        for number, stay in enumerate(stays):
            began = first + 60 * number
            key = writer.open(camera, at(began))
            writer.keep(key, at(began + 10), stay, place)

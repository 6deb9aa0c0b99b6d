"""People who are seen, and all that a decision may change."""

from db import Database, SightingWriter
from db.unknowns.unknowns import Unknowns
from tests.people import DIGEST, at


def seen(database: Database, *people: int) -> None:
    """Each person before a camera for a moment, an hour after the one before."""
    with SightingWriter(database) as writer:
        for number, person in enumerate(people):
            writer.name(writer.open("door", at(3600 * number)), person, 0.7)


def everything(database: Database) -> object:
    """What a decision may change, but for the history itself."""
    unknowns = Unknowns(database)
    groups = unknowns.everybody()
    people = [*database.people(), *database.people(aside=True)]
    return (
        people,
        [database.samples(person.name) for person in people],
        [(one.id, one.person, one.similarity) for one in database.sightings()],
        groups,
        [unknowns.stays(group.id) for group in groups],
        unknowns.apart(),
        unknowns.ignored(DIGEST).owners.tolist(),
        database.gallery(DIGEST).embeddings.tolist(),
    )

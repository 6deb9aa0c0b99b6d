"""People, their face samples, what was seen of them, and settings, in one SQL database."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from db.database import Database
from db.errors import (
    DatabaseAwayError,
    DatabaseDamagedError,
    DatabaseError,
    DatabaseLockedError,
    NotThereError,
    UnknownPersonError,
)
from db.records import Erased, Event, Gallery, Match, NewSample, NewSnapshot, Person, Sample, Sighting
from db.schema.engine import default_url
from db.sightings.sightings import write_csv, write_json

if TYPE_CHECKING:
    from db.bridge.leaving import Writers
    from db.search.index import SearchIndex
    from db.sightings.retention import prune
    from db.sightings.writer import SightingWriter

__all__ = [
    "Database",
    "DatabaseAwayError",
    "DatabaseDamagedError",
    "DatabaseError",
    "DatabaseLockedError",
    "Erased",
    "Event",
    "Gallery",
    "Match",
    "NewSample",
    "NewSnapshot",
    "NotThereError",
    "Person",
    "Sample",
    "SearchIndex",
    "Sighting",
    "SightingWriter",
    "UnknownPersonError",
    "Writers",
    "default_url",
    "prune",
    "write_csv",
    "write_json",
]

PLACES = {
    "SearchIndex": "search.index",
    "SightingWriter": "sightings.writer",
    "prune": "sightings.retention",
    "Writers": "bridge.leaving",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and no more: a command that lists neither searches nor writes."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)

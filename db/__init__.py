"""People, their face samples, what was seen of them, and settings, in one SQL database."""

from db.bridge.leaving import writer_for
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
from db.search.index import SearchIndex
from db.sightings.retention import prune
from db.sightings.sightings import write_csv, write_json
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
    "default_url",
    "prune",
    "write_csv",
    "write_json",
    "writer_for",
]

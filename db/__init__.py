"""People, their face samples, what was seen of them, and settings, in one SQL database."""

from db.database import Database
from db.engine import default_url
from db.errors import DatabaseDamagedError, DatabaseError, DatabaseLockedError, UnknownPersonError
from db.index import SearchIndex
from db.records import Erased, Event, Gallery, Match, NewSample, Person, Sample, Sighting
from db.retention import prune
from db.sightings import write_csv, write_json
from db.writer import SightingWriter

__all__ = [
    "Database",
    "DatabaseDamagedError",
    "DatabaseError",
    "DatabaseLockedError",
    "Erased",
    "Event",
    "Gallery",
    "Match",
    "NewSample",
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
]

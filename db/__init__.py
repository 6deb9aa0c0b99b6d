"""People, their face samples, what was seen of them, and settings, in one SQL database."""

from db.database import Database
from db.engine import default_url
from db.errors import DatabaseError, DatabaseLocked, UnknownPerson
from db.index import SearchIndex
from db.records import Erased, Match, NewSample, Person, Sample, Sighting
from db.sightings import write_csv, write_json

__all__ = [
    "Database",
    "DatabaseError",
    "DatabaseLocked",
    "Erased",
    "Match",
    "NewSample",
    "Person",
    "Sample",
    "SearchIndex",
    "Sighting",
    "UnknownPerson",
    "default_url",
    "write_csv",
    "write_json",
]

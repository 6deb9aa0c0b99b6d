"""Reports as text, and back: JSON, in which what JSON does not know is an object with the name of its kind."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np

from db.evidence.records import Appearance, Judgement, Likeness, NewEvidence
from db.records import Event, NewSnapshot
from db.sightings.reports import Report
from db.unknowns.records import NewLook, NewStay
from db.vectors import STORED, as_stored

KIND = "is"
RECORDS = {
    record.__name__: record
    for record in (Appearance, Judgement, Event, Likeness, NewEvidence, NewLook, NewSnapshot, NewStay)
}
VALUES: dict[str, Callable[[str], Any]] = {
    "moment": datetime.fromisoformat,
    "bytes": b64decode,
    "vector": lambda text: np.frombuffer(b64decode(text), STORED).astype(np.float32),
}


def to_text(report: Report) -> str:
    """A report without what is to be done with it (`Report.by`)."""
    return json.dumps([report.method, report.key, report.given], default=_tagged)


def from_text(text: str) -> Report:
    """The report that `to_text` was given.

    Raises:
        ValueError, KeyError, TypeError: it is none, or by a newer version of this program.
    """
    method, key, given = json.loads(text, object_hook=_untagged)
    return Report(method, key, tuple(given))


def _tagged(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        return {KIND: "moment", "text": value.isoformat()}
    if isinstance(value, bytes):
        return {KIND: "bytes", "text": b64encode(value).decode()}
    if isinstance(value, np.ndarray):
        return {KIND: "vector", "text": b64encode(as_stored(value)).decode()}
    return {KIND: type(value).__name__, **{field.name: getattr(value, field.name) for field in fields(value)}}


def _untagged(told: dict[str, Any]) -> Any:
    kind = told.pop(KIND)
    return VALUES[kind](told["text"]) if kind in VALUES else RECORDS[kind](**told)

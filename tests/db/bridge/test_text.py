"""Reports as text say the same when they are read."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from db import Event, NewSnapshot
from db.bridge.text import from_text, to_text
from db.evidence.records import Appearance, Judgement, Likeness, NewEvidence
from db.sightings.reports import Report
from db.unknowns.records import NewLook, NewStay
from tests.people import DIGEST, at, embedding

LOOK = NewEvidence(
    7,
    at(1),
    0.5,
    41.0,
    Likeness(1, 0.7, 2, 0.3),
    Judgement(0.7, 0.4, 2, "named"),
    DIGEST,
    embedding(1),
    b"\xff\xd8 a face",
    None,
    np.float32(0.5),  # type: ignore[arg-type]
)
STAY = NewStay(DIGEST, 0.5 * embedding(2), (NewLook(embedding(3), 0.8, b"a crop"),), None)
EVENT = Event(at(1.25), "caf\udce9\0", "named", 7, None, "Zoë", 0.7, "The name is another than before.")


@pytest.mark.parametrize(
    "report",
    [
        Report("open", 1, ("door", at(0.000001), True)),
        Report("extend", 1, (at(1), np.float32(0.25))),
        Report("name", 1, (3, 0.5, NewSnapshot("/caf\\udce9/1.jpg", bytes(range(256))))),
        Report("explain", 1, ((LOOK,), Appearance(9, 3, None, "too small", Likeness()))),
        Report("keep", 1, (at(9), STAY)),
        Report("note", None, (EVENT,)),
        Report("illustrate", None, (4, NewSnapshot("/1.jpg", b""))),
    ],
    ids=lambda report: report.method,
)
def test_it_is_the_same(report: Report) -> None:
    read = from_text(to_text(report))
    assert (read.method, read.key, plain(read.given)) == (report.method, report.key, plain(report.given))


def plain(value: Any) -> Any:
    """Something that can be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype.name, value.tolist()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [plain(getattr(value, field.name)) for field in fields(value)]
    return value

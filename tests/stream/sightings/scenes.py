"""Tracks before a door, and what writes them down."""

from datetime import UTC, datetime

import numpy as np

from db.schema.tables import utc_now
from stream.events.event import untold
from stream.evidence.accounts import Accounts
from stream.frame import Frame
from stream.sightings.announcer import Announcer
from stream.sightings.sighting_log import SightingLog
from stream.sightings.source_clock import SourceClock
from tracker import Track

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def track(number: int = 1, seen: float = 0.0, hits: int = 3, started: float = 0.0) -> Track:
    return Track(number, np.array([10, 10, 50, 60], np.float32), 0.9, started, seen, hits)


def frame(t: float) -> Frame:
    return Frame(np.zeros((90, 120, 3), np.uint8), round(t * 10), t, "door")


def log_of(writer, tell=untold, patience=0.0, now=utc_now, recorded=False, accounts=None, **kept) -> SightingLog:
    clock = SourceClock(START, now, recorded)
    return SightingLog(writer, clock, Announcer(writer, tell, patience), accounts or Accounts("a" * 64), **kept)

"""What a run leaves to the next one, where the database's server was away to its end."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from db.bridge import progress
from db.bridge.bridge import Bridge, left_behind
from db.database import Database
from db.errors import DatabaseError, DatabaseLockedError
from db.schema.tables import utc_now
from db.sightings.outbox import Outbox
from db.sightings.telling import EVERYTHING, Telling
from db.sightings.writer import SightingWriter
from db.unknowns.records import Place

log = logging.getLogger(__name__)

FOLDER = user_data_path("doorman", appauthor=False) / "outages"


def writer_for(
    database: Database,
    place: Place,
    absence: float,
    outboxes: Sequence[Outbox] = (),
    telling: Telling = EVERYTHING,
    now: Callable[[], datetime] = utc_now,
) -> SightingWriter:
    """What takes down who is seen, with a bridge where the database is on a server; see `bridge_for`."""
    bridge = bridge_for(database, place, absence, outboxes, telling)
    return SightingWriter(database, absence, outboxes=outboxes, telling=telling, now=now, bridge=bridge)


def bridge_for(
    database: Database,
    place: Place,
    absence: float,
    outboxes: Sequence[Outbox] = (),
    telling: Telling = EVERYTHING,
    folder: Path = FOLDER,
) -> Bridge | None:
    """Where a new run's reports wait while the server is away; None for a database that is a file.

    What earlier runs have left there is stored first; see `store_left_behind` for it, and for the arguments.
    """
    if not database.is_served:
        return None
    store_left_behind(database, place, absence, outboxes, telling, folder)
    bridge = Bridge.new(database.address, place, folder)
    with database.writing() as session:
        progress.begin(session, bridge.key, telling)
    return bridge


def store_left_behind(
    database: Database,
    place: Place,
    absence: float,
    outboxes: Sequence[Outbox] = (),
    telling: Telling = EVERYTHING,
    folder: Path = FOLDER,
) -> None:
    """Store what runs have left on this machine that ended, or were killed, while the server was away.

    What cannot be stored is told, and stays for the next time. What others have reported meanwhile of the time after
    it, and this, are one sighting.

    Args:
        place: says which stranger a stay is of that another run has reported.
        absence, outboxes, telling: as of `SightingWriter`.
    """
    for file in left_behind(database.address, folder):
        try:
            bridge = Bridge(file, place)
            if not bridge.last:  # its run has stored all this very moment
                bridge.close()
                continue
            with SightingWriter(database, absence, outboxes=outboxes, telling=telling, bridge=bridge):
                log.warning("What was seen while the database was away is stored now.")
        except DatabaseLockedError:  # its run goes on
            continue
        except DatabaseError as error:
            log.warning("What was seen while the database was away waits on in %s: %s", file, error)

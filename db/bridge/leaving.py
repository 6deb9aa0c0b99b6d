"""What a run leaves to the next one, where the database's server was away to its end."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from platformdirs import user_data_path

from db.bridge import progress
from db.bridge.bridge import Bridge, left_behind
from db.database import Database
from db.errors import DatabaseError, DatabaseLockedError
from db.events.audience import NOBODY, Audience
from db.records import untold
from db.sightings.writer import SightingWriter
from db.unknowns.records import Place

log = logging.getLogger(__name__)

FOLDER = user_data_path("doorman", appauthor=False) / "outages"


@dataclass(frozen=True, slots=True)
class Writers:
    """What takes down who is seen: of a new run, and of those that could not store all that they saw.

    Attributes:
        place: says which stranger a stay is of that another run has reported.
        absence, audience: as of `SightingWriter`; of what others have left, only those hear for whom it waits.
        folder: where reports wait while the server is away.
    """

    database: Database
    place: Place
    absence: float
    audience: Audience = NOBODY
    folder: Path = FOLDER

    def new(self) -> SightingWriter:
        """That of a new run, with a bridge where the database is on a server.

        What others have left is stored beside it, see `store_left_behind`: hours of an outage take a while.
        """
        return self._writer(self.bridge(), self.audience)

    def bridge(self) -> Bridge | None:
        """Where a new run's reports wait while the server is away; None for a database that is a file."""
        if not self.database.is_served:
            return None
        bridge = Bridge.new(self.database.address, self.place, self.folder)
        with self.database.writing() as session:
            progress.begin(session, bridge.key, self.audience.telling, self.database.clock.now())
        return bridge

    def store_left_behind(self, enough: Event | None = None) -> None:
        """Store what runs have left on this machine that ended, or were killed, while the server was away.

        What cannot be stored is told, and stays for the next time. What others have reported meanwhile of the time
        after it, and this, are one sighting.

        Args:
            enough: once it is set, the rest stays for the next time, too.
        """
        audience = replace(self.audience, tell=untold)
        for file in left_behind(self.database.address, self.folder):
            if enough is not None and enough.is_set():
                return
            try:
                bridge = Bridge(file, self.place, enough)
                if not bridge.last:  # its run has stored all this very moment
                    bridge.close()
                    continue
                with self._writer(bridge, audience):
                    log.warning("What was seen while the database was away is stored now.")
            except DatabaseLockedError:  # its run goes on
                continue
            except DatabaseError as error:
                log.warning("What was seen while the database was away waits on in %s: %s", file, error)

    def _writer(self, bridge: Bridge | None, audience: Audience) -> SightingWriter:
        now = self.database.clock.now
        return SightingWriter(self.database, self.absence, audience=audience, now=now, bridge=bridge)

"""Who came: visits over all cameras, and who is still here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import Database
from db.events.telling import GAP
from db.moments import midnight
from db.sightings.visits import LastSeen, Visit, last_seen, visits, visits_of
from stream.service.pages import Page

PAGE = 50  # visits, usually
HERE = timedelta(seconds=30)  # since somebody was seen last: a sighting grows every second


@dataclass(frozen=True, slots=True)
class Day:
    """A day so far.

    Attributes:
        visits: the earliest first.
        here: whether whoever makes each of them is still here.
        strangers: how many sightings have no name.
    """

    visits: list[Visit]
    here: list[bool]
    strangers: int


class Visits:
    """The visits in a database; any thread may ask.

    Every method raises DatabaseError where the database cannot be used, and UnknownPersonError where nobody has a name.

    Args:
        gap: for which somebody may be seen nowhere within a visit.
    """

    def __init__(self, database: Database, gap: timedelta = GAP) -> None:
        self._database = database
        self._gap = gap

    def now(self) -> datetime:
        """What time it is, by the clock by which sightings are dated."""
        return self._database.clock.now()

    def is_here(self, visit: Visit, now: datetime) -> bool:
        """Whether whoever makes a visit is still here."""
        return now - visit.last_seen <= HERE

    def today(self, now: datetime) -> Day:
        """Who came on the day of this moment, by the zone of this machine, and who is still here."""
        sightings = self._database.sightings(since=midnight(now.astimezone().date()), until=now)
        found = visits(sightings, self._gap)
        here = [self.is_here(visit, now) for visit in found]
        return Day(found, here, sum(seen.person is None for seen in sightings))

    def visits(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        name: str | None = None,
        camera: str | None = None,
        offset: int = 0,
        limit: int = PAGE,
    ) -> Page[Visit]:
        """Visits that overlap the time from `since` to `until`, the latest first.

        Args:
            camera: before which they were seen, among others.
        """
        all_found = visits_of(self._database, self._gap, since=since, until=until, name=name)[::-1]
        found = [visit for visit in all_found if camera is None or camera in visit.cameras]
        return Page(found[offset : offset + limit], offset, len(found))

    def last_seen(self, people: Collection[int]) -> dict[int, LastSeen]:
        """When and where these people were seen last, by their ids."""
        return last_seen(self._database, people)

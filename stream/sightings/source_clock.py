"""The moments at which a source shows what it shows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.schema.tables import utc_now

JUMP = timedelta(seconds=2)  # between what the clock says and what it should say: more is no delay of a picture's


@dataclass(frozen=True, slots=True)
class Dates:
    """The moments of a source's times, as long as no clock jumps.

    Attributes:
        started: the moment at which its time is 0, with its zone.
        latest: the latest moment that there can be; None: any.
    """

    started: datetime
    latest: datetime | None = None

    def moment(self, t: float) -> datetime:
        """The moment of time `t` in seconds, up to the latest that there can be."""
        moment = self.started + timedelta(seconds=t)
        return moment if self.latest is None else min(moment, self.latest)


class SourceClock:
    """Dates what a source shows.

    A recording is dated by when it was made, at the latest now: what lies in a file has happened. A live source goes by
    the clock, which jumps when the machine has slept or learns the right time.

    Args:
        started: the moment at which the source's time is 0, with its zone.
        now: the clock.
        recorded: whether it is a recording, whose sightings unite with none of other runs.

    Attributes:
        dates: in force now.
    """

    def __init__(self, started: datetime, now: Callable[[], datetime] = utc_now, recorded: bool = False) -> None:
        self.recorded = recorded
        self.dates = Dates(started, latest=now() if recorded else None)
        self._now = now

    def follow(self, t: float) -> None:
        """Time `t` of a live source, in seconds, is now."""
        behind = self._now() - self.dates.moment(t)
        if abs(behind) > JUMP:
            self.dates = replace(self.dates, started=self.dates.started + behind)

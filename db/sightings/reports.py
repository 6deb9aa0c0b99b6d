"""Reports of who was seen, as a pipeline makes them: to whom, and taken down to be written later and elsewhere."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Self

from db.events.telling import EVERYTHING, Telling
from db.evidence.records import Appearance, NewEvidence
from db.records import Event, NewSnapshot, Tell
from db.schema.tables import utc_now
from db.sightings.intervals import Intervals
from db.unknowns.records import NewStay, Place

Method = Literal["open", "extend", "name", "explain", "retract", "close", "keep", "note", "illustrate"]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What was reported: a call of the method of `db.sightings.intervals.Intervals` of the same name.

    Attributes:
        key: of the sighting.
        given: the method's other arguments, plain data all.
        by: its last one, where it has one more that only says what to do with it: who is told of an event (`Tell`), or
            what says which stranger a stay is of (`Place`).
        t: seconds of the source at which it was, where whoever takes it down wants to know.
    """

    method: Method
    key: int | None
    given: tuple[Any, ...]
    by: Callable[..., Any] | None = None
    t: float = 0.0

    @property
    def pictures(self) -> list[NewSnapshot]:
        """What is to be written to files because of it."""
        return [one for one in self.given if isinstance(one, NewSnapshot)]

    def apply(self, intervals: Intervals) -> None:
        """Make the call."""
        getattr(intervals, self.method)(self.key, *self.given, *([] if self.by is None else [self.by]))

    def left_to(self, place: Place, tell: Tell) -> Self:
        """The report as it is written by another than it was made for."""
        others: dict[Method, Callable[..., Any]] = {"keep": place, "note": tell}
        return replace(self, by=others.get(self.method))


class Reporter(ABC):
    """Takes reports of who is seen, each made by one of the methods and about the sighting of a key.

    Attributes:
        telling: which events are told.
        now: the clock by which it is to be reported when somebody was seen.
    """

    def __init__(self, telling: Telling = EVERYTHING, now: Callable[[], datetime] = utc_now) -> None:
        self.telling = telling
        self.now = now
        self._keys = itertools.count(1)

    @abstractmethod
    def _take(self, report: Report) -> None:
        """Whatever becomes of a report."""

    def open(self, camera: str, at: datetime, recorded: bool = False) -> int:
        """Somebody came, a stranger until named; returns the key for the other methods.

        Args:
            recorded: whether it is a recording, which may be watched again: only what this reporter was told of it is
                one sighting.
        """
        key = next(self._keys)
        self._take(Report("open", key, (camera, _aware(at), recorded)))
        return key

    def extend(self, key: int, at: datetime, similarity: float | None = None) -> None:
        """They are still there.

        Args:
            similarity: cosine to the person they are named; does not matter for a stranger. The best is kept.
        """
        self._take(Report("extend", key, (_aware(at), similarity)))

    def name(
        self, key: int, person_id: int | None, similarity: float | None = None, snapshot: NewSnapshot | None = None
    ) -> None:
        """A stranger was this person all the time; somebody named before is from now on another, or a stranger.

        Args:
            snapshot: a picture that replaces the one before, whose file is deleted; it is written once it is known to
                the database.
        """
        self._take(Report("name", key, (person_id, similarity, snapshot)))

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None = None) -> None:
        """Keep the looks behind the name that a track has; of a stranger's none is kept.

        Args:
            appearance: what all looks at it came to, once it is over.
        """
        self._take(Report("explain", key, (tuple(looks), appearance)))

    def retract(self, key: int, began: datetime) -> None:
        """It was no person: what was seen since it began is no sighting, and the key goes."""
        self._take(Report("retract", key, (_aware(began),)))

    def close(self, key: int, at: datetime) -> None:
        """They have gone, and the key with them."""
        self._take(Report("close", key, (_aware(at),)))

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None:
        """They have gone, as `close` has it, without a name: what was seen of them is kept as a stranger's.

        Args:
            place: says to which stranger; called in the writer's thread, within its transaction.
        """
        self._take(Report("keep", key, (_aware(at), stay), place))

    def note(self, event: Event, key: int | None, tell: Tell) -> None:
        """Something happened, to the sighting of this key if there is one.

        Args:
            tell: told of the event, with the sighting's id, once it and all that was reported before are stored: at
                once, but in the writer's thread.
        """
        self._take(Report("note", key, (event,), tell))


class Reports(Reporter):
    """Takes reports down, as plain data that can travel; writes nothing.

    Attributes:
        t: seconds of the source that reports are of; set before each frame.
        taken: so far, in order. What a sighting is extended by while nothing else happens is one report.
    """

    def __init__(self) -> None:
        super().__init__()
        self.t = 0.0
        self.taken: list[Report] = []
        self._extensions: dict[int | None, int] = {}  # where they are in `taken`, of those since the last other report

    def _take(self, report: Report) -> None:
        report = replace(report, t=self.t, by=None)  # whoever writes it says to whom, and where
        if report.method != "extend":
            self._extensions.clear()
            self.taken.append(report)
            return
        place = self._extensions.setdefault(report.key, len(self.taken))
        if place == len(self.taken):
            self.taken.append(report)
        else:
            self.taken[place] = _latest(self.taken[place], report)


def condensed(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The same in fewer: what a sighting is extended by while nothing else happens is one report."""
    kept = Reports()
    for report in reports:
        kept._take(report)
    return tuple(kept.taken)


def _latest(one: Report, other: Report) -> Report:
    """Two extensions as one."""
    (at, similarity), (later, more) = one.given, other.given
    best = max((each for each in (similarity, more) if each is not None), default=None)
    return replace(other, given=(max(at, later), best))


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at

"""Which events are told: all, or one for each visit, of some people only, and not too often."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from db.database import Database
from db.records import Event, Tell, untold

LONGEST = 3e9  # seconds that make sense: the calendar ends
GAP = timedelta(minutes=5)
UNKNOWN = "unknown"  # the word for everybody without a name

TrackKey = tuple[str, int | None]
Action = Literal["tell", "hold", "drop"]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is wished.

    Attributes:
        by_visit: tell of a person once when a visit begins and once when it has ended, over all cameras.
        gap: for which somebody may be seen nowhere within a visit.
        cooldown: for which nothing more is told of a person who was told of.
        wanted: ids of those who are told of, None for strangers; or None: of everybody.
        shared: whether others watch with the same database, so that a visit may go on before their cameras, and
            somebody may have been told of by them; see `db.events.visitors`.
    """

    by_visit: bool = False
    gap: timedelta = GAP
    cooldown: timedelta = timedelta(0)
    wanted: frozenset[int | None] | None = None
    shared: bool = False

    def wants(self, person: int | None) -> bool:
        return self.wanted is None or person in self.wanted


EVERYTHING = Telling()


def told_of(database: Database, names: str | None) -> frozenset[int | None] | None:
    """Whom these names mean, with commas between them; `unknown` is everybody without a name.

    Raises:
        UnknownPersonError: nobody has one of them.
    """
    if names is None:
        return None
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return frozenset(None if name.casefold() == UNKNOWN else database.person(name).id for name in wanted)


@dataclass(frozen=True, slots=True)
class Held:
    """The end of a visit, which is told once it is sure.

    Attributes:
        event: the row of its event.
        time: from which the gap counts.
        tell: who is told.
    """

    event: int
    time: datetime
    tell: Tell


@dataclass(slots=True)
class Told:
    """What was told so far.

    Attributes:
        tracks: those of which something was told, and which have not left.
        people: who those tracks are that have a name.
        visitors: who is on a visit of which was told, and whose end is held, if they are nowhere now.
        last: when the beginning of somebody's being there was told last, by their ids.
        teller: who is told of the end of visits that others have seen: whoever was to be told of an event last.
    """

    wishes: Telling
    tracks: set[TrackKey] = field(default_factory=set)
    people: dict[TrackKey, int] = field(default_factory=dict)
    visitors: dict[int, Held | None] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)
    teller: Tell = untold

    def copy(self) -> "Told":
        """Another that changes by itself: what could not be stored has not happened."""
        return replace(
            self,
            tracks=set(self.tracks),
            people=dict(self.people),
            visitors=dict(self.visitors),
            last=dict(self.last),
        )

    def take(self, event: Event, row: int, person: int | None, tell: Tell, left: int | None = None) -> Action:
        """What is to become of an event.

        Args:
            event: with the name by which it is told.
            row: its number in the database.
            person: the id of whoever that is.
            left: the number of the event that whoever was `named_before` has left; None where they were never there.
        """
        if event.track is None or self.wishes == EVERYTHING:
            return "tell"
        track = (event.camera, event.track)
        if event.event == "left":
            return self._leaves(track, event, row, tell)
        before = self.people.pop(track, None)
        if event.event == "named" and person is not None:
            self.people[track] = person
            if before != person:
                self._is_gone(before, event, left, tell)
            return self._comes(track, event, person)
        self._is_gone(before, event, left, tell)
        if event.event == "named":  # a stranger again
            return "tell" if track in self.tracks and not self.wishes.by_visit else "drop"
        return self._tell(track) if self.wishes.wants(None) else "drop"

    def named_before(self, event: Event, person: int | None) -> int | None:
        """Whom an event takes a name from that is another's, or nobody's, by their id, if their visit may end so."""
        if not self.wishes.by_visit or event.event != "named" or event.track is None:
            return None
        before = self.people.get((event.camera, event.track))
        return None if before == person else before

    @property
    def held(self) -> set[int]:
        """The events that are held."""
        return {held.event for held in self.visitors.values() if held is not None}

    def hold_only(self, events: Set[int]) -> None:
        """Hold nothing but these: of the other ends another run has told, or the visit goes on there."""
        self.visitors = {person: held for person, held in self.visitors.items() if held is None or held.event in events}

    def take_over(self, person: int, held: Held) -> None:
        """Hold what another run has held. The visit goes on if they are back."""
        if self.wishes.by_visit and self.wishes.wants(person):
            self.visitors.setdefault(person, held)

    def broke_off(self, event: Event, row: int, person: int | None, tell: Tell) -> Action:
        """What is to become of the event that somebody has left whom a run saw that was killed; as of `take`.

        What that run has told is not known, but it was told of whoever is wished for. A visit goes on if they are back.
        """
        if not self.wishes.wants(person):
            return "drop"
        if person is None or not self.wishes.by_visit:
            return "tell"
        self.visitors.setdefault(person, Held(row, event.time, tell))
        return "hold"

    def _comes(self, track: TrackKey, event: Event, person: int) -> Action:
        if self.wishes.by_visit and self._goes_on(person):
            return "drop"
        if self._cools(person, event.time) or not self.wishes.wants(person):
            return "drop"
        self._begin(person, event.time)
        return "tell" if self.wishes.by_visit else self._tell(track)

    def _leaves(self, track: TrackKey, event: Event, row: int, tell: Tell) -> Action:
        person = self.people.pop(track, None)
        was_told = track in self.tracks
        self.tracks.discard(track)
        is_over = self._is_gone(person, event, row, tell)
        if was_told:  # it is told at once that whoever came as a stranger has left, and not once more
            if is_over and person is not None:
                self._end(person)
            return "tell"
        return "hold" if is_over else "drop"

    def _tell(self, track: TrackKey) -> Action:
        self.tracks.add(track)
        return "tell"

    # Who is on a visit, and was told of when

    def due(self, now: datetime) -> list[Held]:
        """The visits that have ended by then, and are told of no more."""
        over = {
            person: held
            for person, held in self.visitors.items()
            if held is not None and abs(now - held.time) >= self.wishes.gap  # the clock may have been set back since
        }
        for person in over:
            del self.visitors[person]
        return [held for held in over.values() if held is not None]

    def _goes_on(self, person: int) -> bool:
        """Whether somebody who is named is on a visit, which goes on then."""
        if person not in self.visitors:
            return False
        self.visitors[person] = None
        return True

    def _cools(self, person: int, t: datetime) -> bool:
        """Whether somebody was told of too short a time before; who was later, was so before the clock was set back."""
        return person in self.last and abs(t - self.last[person]) < self.wishes.cooldown

    def _begin(self, person: int, t: datetime) -> None:
        """It is told that somebody has come."""
        self.last[person] = t
        if self.wishes.by_visit:
            self.visitors[person] = None

    def _is_gone(self, person: int | None, event: Event, row: int | None, tell: Tell) -> bool:
        """Whether a visitor is nowhere any more; then the end of the visit is held, unless no event tells of it."""
        if person is None or person not in self.visitors or person in self.people.values():
            return False
        if row is None:
            self._end(person)
            return False
        self.visitors[person] = Held(row, event.time, tell)
        return True

    def _end(self, person: int) -> None:
        """The visit has ended, and it is told."""
        del self.visitors[person]

"""Reports of who was seen, as a pipeline makes them: to whom, and taken down to be written later and elsewhere."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from db.evidence.records import Appearance, NewEvidence
from db.records import Event, NewSnapshot, Tell
from db.sightings.telling import EVERYTHING, Telling
from db.unknowns.records import NewStay, Place

Method = Literal["open", "extend", "name", "explain", "retract", "close", "keep", "note"]


class Reporter(Protocol):
    """Takes reports of who is seen; see `db.sightings.writer.SightingWriter`, which writes them at once."""

    telling: Telling

    def open(self, camera: str, at: datetime, recorded: bool = False) -> int: ...

    def extend(self, key: int, at: datetime, similarity: float | None = None) -> None: ...

    def name(
        self, key: int, person_id: int | None, similarity: float | None = None, snapshot: NewSnapshot | None = None
    ) -> None: ...

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None = None) -> None: ...

    def retract(self, key: int, began: datetime) -> None: ...

    def close(self, key: int, at: datetime) -> None: ...

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None: ...

    def note(self, event: Event, key: int | None, tell: Tell) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What was reported: a call of the method of `db.sightings.intervals.Intervals` of the same name.

    Attributes:
        t: seconds of the source at which it was.
        key: of the sighting.
        given: the method's other arguments, but those that only say what to do with it: `tell` and `place`.
    """

    t: float
    method: Method
    key: int | None
    given: tuple[Any, ...]


class Reports:
    """Takes reports down, as plain data that can travel; writes nothing.

    Attributes:
        t: seconds of the source that reports are of; set before each frame.
        taken: so far, in order. What a sighting is extended by while nothing else happens is one report.
    """

    telling = EVERYTHING

    def __init__(self) -> None:
        self.t = 0.0
        self.taken: list[Report] = []
        self._keys = itertools.count(1)
        self._extensions: dict[int, int] = {}  # where they are in `taken`, of those since the last other report

    def open(self, camera: str, at: datetime, recorded: bool = False) -> int:
        key = next(self._keys)
        self._take("open", key, camera, at, recorded)
        return key

    def extend(self, key: int, at: datetime, similarity: float | None = None) -> None:
        place = self._extensions.setdefault(key, len(self.taken))
        if place == len(self.taken):
            self.taken.append(Report(self.t, "extend", key, (at, similarity)))
            return
        before_at, before = self.taken[place].given
        best = max((each for each in (before, similarity) if each is not None), default=None)
        self.taken[place] = replace(self.taken[place], t=self.t, given=(max(at, before_at), best))

    def name(
        self, key: int, person_id: int | None, similarity: float | None = None, snapshot: NewSnapshot | None = None
    ) -> None:
        self._take("name", key, person_id, similarity, snapshot)

    def explain(self, key: int, looks: Sequence[NewEvidence], appearance: Appearance[int] | None = None) -> None:
        self._take("explain", key, tuple(looks), appearance)

    def retract(self, key: int, began: datetime) -> None:
        self._take("retract", key, began)

    def close(self, key: int, at: datetime) -> None:
        self._take("close", key, at)

    def keep(self, key: int, at: datetime, stay: NewStay, place: Place) -> None:  # noqa: ARG002 - who writes it says where
        self._take("keep", key, at, stay)

    def note(self, event: Event, key: int | None, tell: Tell) -> None:  # noqa: ARG002 - nobody is told of long ago
        self._take("note", key, event)

    def _take(self, method: Method, key: int | None, *given: Any) -> None:
        self._extensions.clear()
        self.taken.append(Report(self.t, method, key, given))

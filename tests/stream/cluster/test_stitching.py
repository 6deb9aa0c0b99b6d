"""Tracks of two chunks become one where the same face goes on, and nothing is told twice."""

from collections.abc import Callable

import numpy as np

from db import Event
from db.sightings.recordings import Ongoing, Recording
from db.sightings.reports import Reports
from stream.cluster.chunk_watcher import AT_THE_END, Watched
from stream.cluster.chunks import Chunk
from stream.cluster.stitching import stitched
from tests.people import at, untold

MOVIE = Recording("movie", "door", at(0))
FIRST, SECOND = Chunk(MOVIE, 0, 10, (), last=False), Chunk(MOVIE, 10, 20, (), last=True)
LEFT, RIGHT = (0.0, 0.0, 50.0, 50.0), (100.0, 0.0, 150.0, 50.0)
ADA, BOB = 1, 2


class Film:
    """Reports as a pipeline makes them, at the times that a test says."""

    def __init__(self) -> None:
        self.reports = Reports()
        self.where: dict[int, dict[float, np.ndarray]] = {}

    def comes(self, t: float) -> int:
        self.reports.t = t
        key = self.reports.open("door", at(t), recorded=True)
        self._tell("entered", key, t)
        return key

    def is_seen(self, key: int, box: tuple[float, ...], *times: float) -> None:
        for t in times:
            self.where.setdefault(key, {})[t] = np.array(box, np.float32)
            self.reports.t = t
            self.reports.extend(key, at(t))

    def is_named(self, key: int, person: int | None, t: float) -> None:
        self.reports.t = t
        self.reports.name(key, person, 0.6)
        self.reports.explain(key, [])
        self._tell("named", key, t)

    def leaves(self, key: int, t: float, told_at: float | None = None) -> None:
        self.reports.t = t if told_at is None else told_at
        self._tell("left", key, t)
        self.reports.close(key, at(t))

    def _tell(self, event: str, key: int, t: float) -> None:
        self.reports.note(Event(at(t), "door", event, key), key, untold)  # type: ignore[arg-type]

    def watched(self) -> Watched:
        return Watched(tuple(self.reports.taken), self.where, self.where)


def film(script: Callable[[Film], object]) -> Watched:
    made = Film()
    script(made)
    return made.watched()


def stays(box: tuple[float, ...], person: int | None = None) -> Watched:
    """Somebody comes at 2 s, and is there at the end of the first chunk."""

    def script(made: Film) -> None:
        key = made.comes(2)
        if person is not None:
            made.is_named(key, person, 3)
        made.is_seen(key, box, 8.5, 9, 9.5)
        made.leaves(key, 9.5, told_at=AT_THE_END)

    return film(script)


def goes_on(box: tuple[float, ...], person: int | None = None, named: float = 9.0) -> Watched:
    """Somebody is there as the second chunk begins to be watched, and until 15 s."""

    def script(made: Film) -> None:
        key = made.comes(8.5)
        made.is_seen(key, box, 8.5, 9, 9.5)
        if person is not None:
            made.is_named(key, person, named)
        made.is_seen(key, box, 12, 15)
        made.leaves(key, 15)

    return film(script)


def told(watched: Watched, staying: dict[int, Ongoing]) -> list[str]:
    """What is written of the second chunk, in words."""
    piece = stitched(SECOND, watched, staying, None)
    return [one.given[0].event if one.method == "note" else one.method for one in piece.reports]


def stay(person: int | None = None) -> dict[int, Ongoing]:
    return {1: Ongoing(7, 1, at(2), at(9.5), person)}


def test_whoever_is_in_the_same_place_at_the_border_goes_on():
    piece = stitched(FIRST, stays(LEFT), {}, goes_on(LEFT))
    assert piece.staying == {1: 1}
    assert [one.method for one in piece.reports] == ["open", "note", "extend"]  # and does not leave


def test_whoever_is_elsewhere_is_another():
    piece = stitched(FIRST, stays(LEFT), {}, goes_on(RIGHT))
    assert piece.staying == {}
    assert [one.method for one in piece.reports][-1] == "close"


def test_two_who_are_named_differently_are_two():
    assert stitched(FIRST, stays(LEFT, ADA), {}, goes_on(LEFT, BOB)).staying == {}
    assert stitched(FIRST, stays(LEFT, ADA), {}, goes_on(LEFT, ADA)).staying == {1: 1}
    assert stitched(FIRST, stays(LEFT), {}, goes_on(LEFT, BOB)).staying == {1: 1}


def test_each_of_two_goes_on_as_themselves():
    def two(made: Film) -> None:
        for box in (RIGHT, LEFT):
            key = made.comes(8.5)
            made.is_seen(key, box, 8.5, 9.5)

    before, after = film(lambda made: [made.is_seen(made.comes(1), box, 9, 9.5) for box in (LEFT, RIGHT)]), film(two)
    assert stitched(FIRST, before, {}, after).staying == {1: 2, 2: 1}


def test_whoever_goes_on_neither_comes_nor_is_named_anew():
    assert told(goes_on(LEFT), stay()) == ["extend", "left", "close"]
    assert told(goes_on(LEFT, ADA), stay(ADA)) == ["name", "extend", "left", "close"]
    assert told(goes_on(LEFT, ADA, named=11), stay(ADA)) == ["name", "explain", "extend", "left", "close"]


def test_a_name_that_is_found_at_the_border_is_told_with_its_reasons():
    assert told(goes_on(LEFT, ADA), stay()) == ["name", "explain", "named", "extend", "left", "close"]


def test_a_name_that_was_taken_back_before_the_border_is_none():
    def script(made: Film) -> None:
        key = made.comes(8.5)
        made.is_named(key, BOB, 9)
        made.is_named(key, None, 9.5)
        made.is_seen(key, LEFT, 9.5, 12)

    assert told(film(script), stay(ADA)) == ["extend"]


def test_whoever_comes_before_the_border_and_was_not_known_comes():
    assert told(goes_on(LEFT), {}) == ["open", "entered", "extend", "left", "close"]


def test_whoever_leaves_before_the_border_is_the_first_chunks_alone():
    def script(made: Film) -> None:
        key = made.comes(8.5)
        made.leaves(key, 9.5)

    assert told(film(script), {}) == []


def test_what_turns_out_to_be_a_picture_was_one_from_its_beginning():
    def script(made: Film) -> None:
        key = made.comes(8.5)
        made.reports.t = 14
        made.reports.retract(key, at(8.5))

    piece = stitched(SECOND, film(script), stay(), None)
    assert [(one.method, one.given) for one in piece.reports] == [("retract", (at(2),))]

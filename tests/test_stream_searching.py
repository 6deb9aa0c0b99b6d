"""What is remembered of the searches for faces."""

import numpy as np
import pytest
import supervision as sv

from stream.frame import Frame
from stream.schedule import Schedule, Search
from stream.searching import Searching
from stream.workers import Found
from tracker import Track

SCHEDULE = Schedule(detect_every=1, coverage=1.0, share=0.5, stirred=1, sizes=(320, 640), legible=40.0)


def frame(t: float) -> Frame:
    return Frame(np.zeros((360, 640, 3), np.uint8), round(30 * t), t, "door")


def track(side: float = 100.0, hits: int = 9, misses: int = 0) -> Track:
    return Track(1, np.array([50, 50, 50 + side, 50 + side], np.float32), 0.9, 0.0, 0.0, hits, misses)


def found(t: float, seconds: float, size: int | None = 640) -> Found:
    return Found(sv.Detections.empty(), t, seconds, size)


def still(_since: float) -> int:
    return 0


def due(searching: Searching, t: float, tracks=(), changed=still) -> str | None:
    search = searching.due(frame(t), list(tracks), changed)
    return str(search) if search else None


def test_the_first_frame_is_searched_and_a_still_picture_once_a_second():
    searching = Searching(SCHEDULE)
    times = [index / 10 for index in range(25)]
    assert [t for t in times if due(searching, t, [track()])] == [0.0, 1.0, 2.0]


def test_motion_is_asked_for_since_the_last_search():
    searching, asked = Searching(SCHEDULE), []

    def changed(since: float) -> int:
        asked.append(since)
        return int(len(asked) == 2)

    assert [due(searching, t, [track()], changed) for t in (0.0, 0.2, 0.4, 0.6)] == [
        "first, 640 px", None, "motion, 320 px", None,
    ]  # fmt: skip
    assert asked == [0.0, 0.0, 0.4]


@pytest.mark.parametrize("unsure", [track(hits=2), track(misses=1)])
def test_new_and_missed_tracks_are_searched_for_at_once(unsure):
    searching = Searching(SCHEDULE)
    due(searching, 0.0)
    assert due(searching, 0.1, [unsure]) == "unsure, 320 px"


def test_a_search_that_takes_long_is_followed_by_a_rest():
    searching = Searching(SCHEDULE)
    due(searching, 0.0)
    searching.note(found(0.0, 0.3))
    assert searching.seconds == 0.3
    assert due(searching, 0.5, [track(hits=1)]) is None
    assert due(searching, 0.6, [track(hits=1)]) is not None


def test_the_smallest_face_decides_on_the_size_until_newcomers_are_looked_for():
    searching = Searching(SCHEDULE)
    far = track(side=30.0)
    assert due(searching, 0.0, [track(), far]) == "first, 640 px"
    assert due(searching, 1.0, [track()]) == "coverage, 320 px"
    assert due(searching, 2.0, [track(), far]) == "coverage, 640 px"
    assert due(searching, 3.0, [track()]) == "coverage, 320 px"
    assert [due(searching, t, [track()]) for t in (4.0, 5.0, 6.0)] == [
        "coverage, 320 px", "coverage, 640 px", "coverage, 320 px",
    ]  # fmt: skip


def test_a_machine_that_is_too_slow_for_the_largest_size_uses_a_smaller_one():
    searching = Searching(SCHEDULE)
    due(searching, 0.0)
    searching.note(found(0.0, 1.0, 640))
    due(searching, 5.0)
    assert searching.last == Search("coverage", 320)


def test_after_a_cut_the_next_frame_is_searched_at_the_largest_size():
    searching = Searching(SCHEDULE)
    due(searching, 0.0, [track()])
    searching.begin_anew()
    assert due(searching, 0.1, [track()]) == "first, 640 px"


def test_a_search_that_still_waits_is_of_the_newest_frame():
    searching = Searching(SCHEDULE)
    assert due(searching, 0.0) == "first, 640 px"
    assert str(searching.due(frame(0.1), [], still, waiting=True)) == "first, 640 px"
    assert due(searching, 1.0, [track()]) is None
    assert due(searching, 1.1, [track()]) == "coverage, 320 px"

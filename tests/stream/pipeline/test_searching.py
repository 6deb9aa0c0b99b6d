"""What is remembered of the searches for faces."""

from dataclasses import replace

import numpy as np
import pytest
import supervision as sv

from stream.frame import Frame
from stream.pipeline.schedule import Schedule
from stream.pipeline.searching import Searching
from stream.pipeline.workers import Found
from stream.search import Search
from tracker import Track
from tracker.association import inside

# without regions: `worth` says that none is worth it
SCHEDULE = Schedule(detect_every=1, coverage=1.0, share=0.5, stirred=1, sizes=(320, 640), legible=40.0, worth=0.0)
REGIONS = replace(SCHEDULE, worth=0.6, around=0.5)


def frame(t: float) -> Frame:
    return Frame(np.zeros((360, 640, 3), np.uint8), round(30 * t), t, "door")


def track(side: float = 100.0, hits: int = 9, misses: int = 0, x: float = 50.0, seen: float = 0.0, id: int = 1):
    return Track(id, np.array([x, 50, x + side, 50 + side], np.float32), 0.9, 0.0, seen, hits, misses)


def found(t: float, seconds: float, search: Search) -> Found:
    return Found(sv.Detections.empty(), t, seconds, search)


def still(since: float, apart_from=None) -> int:
    return 0


def stirred(since: float, apart_from=None) -> int:
    """Something moves where the faces are, and nowhere else."""
    return 9 if apart_from is None else 0


def stirred_apart(since: float, apart_from=None) -> int:
    return 9


def due(searching: Searching, t: float, tracks=(), changed=still, waiting=False) -> str | None:
    search = searching.due(frame(t), list(tracks), changed, waiting)
    return str(search) if search else None


def test_the_first_frame_is_searched_and_a_still_picture_once_a_second():
    searching = Searching(SCHEDULE)
    times = [index / 10 for index in range(25)]
    assert [t for t in times if due(searching, t, [track()])] == [0.0, 1.0, 2.0]


def test_motion_is_asked_for_since_the_last_search():
    searching, asked = Searching(SCHEDULE), []

    def changed(since: float, apart_from=None) -> int:
        if apart_from is None:
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
    searching.note(found(0.0, 0.3, searching.last))
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
    searching.note(found(0.0, 1.0, searching.last))
    assert due(searching, 5.0) == "coverage, 320 px"


def test_newcomers_are_looked_for_at_the_largest_size_that_is_not_too_slow_and_not_always():
    searching = Searching(replace(SCHEDULE, sizes=(160, 320, 640)))
    near = track(side=200.0)
    due(searching, 0.0, [near])
    searching.note(found(0.0, 2.0, searching.last))
    assert [due(searching, t, [near]) for t in (4.0, 5.5, 7.0, 8.5)] == [
        "coverage, 320 px", "coverage, 160 px", "coverage, 320 px", "coverage, 160 px",
    ]  # fmt: skip


def test_after_a_cut_the_next_frame_is_searched_at_the_largest_size():
    searching = Searching(SCHEDULE)
    due(searching, 0.0, [track()])
    searching.begin_anew()
    assert due(searching, 0.1, [track()]) == "first, 640 px"


def test_a_search_that_still_waits_is_of_the_newest_frame():
    searching = Searching(SCHEDULE)
    assert due(searching, 0.0) == "first, 640 px"
    assert due(searching, 0.1, waiting=True) == "first, 640 px"
    assert due(searching, 1.0, [track()]) is None
    assert due(searching, 1.1, [track()]) == "coverage, 320 px"


def begun(*tracks: Track, seconds: float = 0.3) -> Searching:
    """After a search of the whole picture at t = 0 that took so long at 640 pixels, and found the tracks."""
    searching = Searching(REGIONS)
    assert due(searching, 0.0, tracks) == "first, 640 px"
    searching.note(found(0.0, seconds, searching.last))
    return searching


def test_a_known_face_is_searched_for_around_where_it_is_thought_to_be():
    searching = begun(track())
    assert due(searching, 0.6, [track(seen=0.6)], stirred) == "motion, 320 px, 256x256 at 0,0"
    assert searching.last.sight == (-np.inf, -np.inf, 256 - 8, 256 - 8)


def test_a_region_takes_less_time_and_the_next_search_comes_sooner():
    searching = begun(track(seen=0.0))
    due(searching, 0.6, [track(seen=0.6)], stirred)
    searching.note(found(0.6, 0.05, searching.last))
    assert due(searching, 0.69, [track(seen=0.6)], stirred) is None
    assert due(searching, 0.71, [track(seen=0.6)], stirred) == "motion, 320 px, 256x256 at 0,0"


def test_the_longer_a_face_was_not_seen_the_wider_it_is_searched_for():
    def pixels(seen: float) -> int:
        searching = begun(track())
        searching.due(frame(0.9), [track(x=250.0, seen=seen)], stirred)
        return searching.last.pixels

    assert pixels(seen=0.9) < pixels(seen=0.0)


def test_newcomers_are_searched_for_in_the_whole_picture_where_something_moves_and_once_a_second():
    searching = begun(track(), seconds=0.1)
    assert due(searching, 0.3, [track(seen=0.3)], stirred_apart) == "motion, 320 px"
    searching.note(found(0.3, 0.1, searching.last))
    assert "at" in due(searching, 0.8, [track(seen=0.8)], stirred)
    assert due(searching, 1.3, [track(seen=1.3)], stirred) == "coverage, 320 px"


def test_newcomers_are_searched_for_less_closely_than_a_known_face_is_followed():
    near = track(side=60.0)
    searching = begun(near)
    assert due(searching, 0.6, [track(side=60.0, seen=0.6)], stirred) == "motion, 640 px, 128x128 at 16,16"
    assert due(searching, 1.2, [near], stirred) == "coverage, 320 px"


def test_faces_apart_are_searched_for_in_turns_and_those_nearby_together():
    def tracks(t: float) -> list[Track]:
        return [track(40.0, x=x, seen=t, id=id) for id, x in ((1, 20), (2, 60), (3, 580))]

    searching, sought = begun(*tracks(0.0), seconds=0.01), []
    for step in range(1, 7):
        searching.due(frame(step / 10), tracks(step / 10), stirred)
        sought.append(inside(np.array([one.box for one in tracks(0.0)]), searching.last.sight).tolist())
    assert sought == [[True, True, False], [False, False, True]] * 3


def test_a_region_that_costs_nearly_as_much_as_the_whole_is_not_worth_it():
    wide = [track(200.0, x=10, id=1), track(200.0, x=420, id=2)]
    assert due(begun(*wide), 0.6, wide, stirred) == "motion, 320 px"


def test_a_region_that_still_waits_moves_on_with_its_face():
    searching = begun(track())
    assert due(searching, 0.6, [track(x=300, seen=0.6)], stirred) == "motion, 320 px, 256x256 at 222,0"
    assert due(searching, 0.7, [track(x=330, seen=0.7)], stirred, waiting=True) == "motion, 320 px, 256x256 at 252,0"


def test_after_a_cut_a_region_that_still_waits_becomes_the_whole_picture():
    searching = begun(track())
    due(searching, 0.6, [track(seen=0.6)], stirred)
    searching.begin_anew()
    assert due(searching, 0.7, [], stirred, waiting=True) == "motion, 640 px"


def test_where_the_detector_chooses_the_size_the_whole_picture_is_searched():
    searching = Searching(replace(REGIONS, sizes=()))
    assert [due(searching, t, [track()], stirred) for t in (0.0, 0.5)] == ["first", "motion"]
    assert searching.last == Search("motion")

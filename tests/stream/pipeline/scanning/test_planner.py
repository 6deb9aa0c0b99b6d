"""What is remembered of the scans for faces."""

from dataclasses import replace

import numpy as np
import pytest
import supervision as sv

from stream.frame import Frame
from stream.pipeline.scanning.planner import ScanPlanner
from stream.pipeline.schedule import Schedule
from stream.pipeline.workers import ScanResult
from stream.scan import Scan
from tracker import Track
from tracker.association import inside

# without regions: `worth` says that none is worth it
SCHEDULE = Schedule(detect_every=1, coverage=1.0, share=0.5, stirred=1, sizes=(320, 640), legible=40.0, worth=0.0)
REGIONS = replace(SCHEDULE, worth=0.6, around=0.5)


def frame(t: float) -> Frame:
    return Frame(np.zeros((360, 640, 3), np.uint8), round(30 * t), t, "door")


def track(side: float = 100.0, hits: int = 9, misses: int = 0, x: float = 50.0, seen: float = 0.0, id: int = 1):
    return Track(id, np.array([x, 50, x + side, 50 + side], np.float32), 0.9, 0.0, seen, hits, misses)


def result(t: float, seconds: float, scan: Scan) -> ScanResult:
    return ScanResult(sv.Detections.empty(), t, seconds, scan)


def still(since: float, apart_from=None) -> int:
    return 0


def stirred(since: float, apart_from=None) -> int:
    """Something moves where the faces are, and nowhere else."""
    return 9 if apart_from is None else 0


def stirred_apart(since: float, apart_from=None) -> int:
    return 9


def due(planner: ScanPlanner, t: float, tracks=(), changed=still, waiting=False) -> str | None:
    scan = planner.due(frame(t), list(tracks), changed, planner.last if waiting else None)
    return str(scan) if scan else None


def test_the_first_frame_is_scanned_and_a_still_picture_once_a_second():
    planner = ScanPlanner(SCHEDULE)
    times = [index / 10 for index in range(25)]
    assert [t for t in times if due(planner, t, [track()])] == [0.0, 1.0, 2.0]


def test_motion_is_asked_for_since_the_last_search():
    planner, asked = ScanPlanner(SCHEDULE), []

    def changed(since: float, apart_from=None) -> int:
        if apart_from is None:
            asked.append(since)
        return int(len(asked) == 2)

    assert [due(planner, t, [track()], changed) for t in (0.0, 0.2, 0.4, 0.6)] == [
        "first, 640 px", None, "motion, 320 px", None,
    ]  # fmt: skip
    assert asked == [0.0, 0.0, 0.4]


@pytest.mark.parametrize("unsure", [track(hits=2), track(misses=1)])
def test_new_and_missed_tracks_are_scanned_for_at_once(unsure):
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0)
    assert due(planner, 0.1, [unsure]) == "unsure, 320 px"


def test_a_scan_that_takes_long_is_followed_by_a_rest():
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0)
    planner.costs.note(result(0.0, 0.3, planner.last))
    assert planner.costs.last == 0.3
    assert due(planner, 0.5, [track(hits=1)]) is None
    assert due(planner, 0.6, [track(hits=1)]) is not None


def test_the_smallest_face_decides_on_the_size_until_newcomers_are_looked_for():
    planner = ScanPlanner(SCHEDULE)
    far = track(side=30.0)
    assert due(planner, 0.0, [track(), far]) == "first, 640 px"
    assert due(planner, 1.0, [track()]) == "coverage, 320 px"
    assert due(planner, 2.0, [track(), far]) == "coverage, 640 px"
    assert due(planner, 3.0, [track()]) == "coverage, 320 px"
    assert [due(planner, t, [track()]) for t in (4.0, 5.0, 6.0)] == [
        "coverage, 320 px", "coverage, 640 px", "coverage, 320 px",
    ]  # fmt: skip


def test_a_machine_that_is_too_slow_for_the_largest_size_uses_a_smaller_one():
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0)
    planner.costs.note(result(0.0, 1.0, planner.last))
    assert due(planner, 5.0) == "coverage, 320 px"


def test_newcomers_are_looked_for_at_the_largest_size_that_is_not_too_slow_and_not_always():
    planner = ScanPlanner(replace(SCHEDULE, sizes=(160, 320, 640)))
    near = track(side=200.0)
    due(planner, 0.0, [near])
    planner.costs.note(result(0.0, 2.0, planner.last))
    assert [due(planner, t, [near]) for t in (4.0, 5.5, 7.0, 8.5)] == [
        "coverage, 320 px", "coverage, 160 px", "coverage, 320 px", "coverage, 160 px",
    ]  # fmt: skip


def test_after_a_cut_the_next_frame_is_scanned_at_the_largest_size():
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0, [track()])
    planner.begin_anew()
    assert due(planner, 0.1, [track()]) == "first, 640 px"


def test_a_scan_that_still_waits_is_of_the_newest_frame():
    planner = ScanPlanner(SCHEDULE)
    assert due(planner, 0.0) == "first, 640 px"
    assert due(planner, 0.1, waiting=True) == "first, 640 px"
    assert due(planner, 1.0, [track()]) is None
    assert due(planner, 1.1, [track()]) == "coverage, 320 px"


def test_a_scan_of_the_whole_picture_that_still_waits_stays_as_it_is_until_a_search_has_told_something():
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0)
    assert due(planner, 1.0, [track()]) == "coverage, 320 px"
    assert due(planner, 1.1, [track(side=30.0)], waiting=True) == "coverage, 320 px"
    assert due(planner, 1.2, [track(side=30.0, hits=10)], waiting=True) == "coverage, 640 px"
    assert due(planner, 1.3, [track(hits=10, misses=1)], waiting=True) == "coverage, 320 px"


def test_after_a_cut_a_scan_that_still_waits_is_of_the_picture_as_large_as_it_is_now():
    planner = ScanPlanner(SCHEDULE)
    due(planner, 0.0)
    planner.begin_anew()
    scan = planner.due(Frame(np.zeros((720, 1280, 3), np.uint8), 1, 0.1, "door"), [], still, planner.last)
    assert scan.region.box == (0, 0, 1280, 720)


def begun(*tracks: Track, seconds: float = 0.3) -> ScanPlanner:
    """After a scan of the whole picture at t = 0 that took so long at 640 pixels, and found the tracks."""
    planner = ScanPlanner(REGIONS)
    assert due(planner, 0.0, tracks) == "first, 640 px"
    planner.costs.note(result(0.0, seconds, planner.last))
    return planner


def test_a_known_face_is_scanned_for_around_where_it_is_thought_to_be():
    planner = begun(track())
    assert due(planner, 0.6, [track(seen=0.6)], stirred) == "motion, 320 px, 256x256 at 0,0"
    assert planner.last.sight == (-np.inf, -np.inf, 256 - 8, 256 - 8)


def test_a_region_takes_less_time_and_the_next_scan_comes_sooner():
    planner = begun(track(seen=0.0))
    due(planner, 0.6, [track(seen=0.6)], stirred)
    planner.costs.note(result(0.6, 0.05, planner.last))
    assert due(planner, 0.69, [track(seen=0.6)], stirred) is None
    assert due(planner, 0.71, [track(seen=0.6)], stirred) == "motion, 320 px, 256x256 at 0,0"


def test_the_longer_a_face_was_not_seen_the_wider_it_is_scanned_for():
    def pixels(seen: float) -> int:
        planner = begun(track())
        planner.due(frame(0.9), [track(x=250.0, seen=seen)], stirred)
        return planner.last.pixels

    assert pixels(seen=0.9) < pixels(seen=0.0)


def test_newcomers_are_scanned_for_in_the_whole_picture_where_something_moves_and_once_a_second():
    planner = begun(track(), seconds=0.1)
    assert due(planner, 0.3, [track(seen=0.3)], stirred_apart) == "motion, 320 px"
    planner.costs.note(result(0.3, 0.1, planner.last))
    assert "at" in due(planner, 0.8, [track(seen=0.8)], stirred)
    assert due(planner, 1.3, [track(seen=1.3)], stirred) == "coverage, 320 px"


def test_newcomers_are_scanned_for_less_closely_than_a_known_face_is_followed():
    near = track(side=60.0)
    planner = begun(near)
    assert due(planner, 0.6, [track(side=60.0, seen=0.6)], stirred) == "motion, 640 px, 128x128 at 16,16"
    assert due(planner, 1.2, [near], stirred) == "coverage, 320 px"


def test_faces_apart_are_scanned_for_in_turns_and_those_nearby_together():
    def tracks(t: float) -> list[Track]:
        return [track(40.0, x=x, seen=t, id=id) for id, x in ((1, 20), (2, 60), (3, 580))]

    planner, sought = begun(*tracks(0.0), seconds=0.01), []
    for step in range(1, 7):
        planner.due(frame(step / 10), tracks(step / 10), stirred)
        sought.append(inside(np.array([one.box for one in tracks(0.0)]), planner.last.sight).tolist())
    assert sought == [[True, True, False], [False, False, True]] * 3


def test_a_region_that_costs_nearly_as_much_as_the_whole_is_not_worth_it():
    wide = [track(200.0, x=10, id=1), track(200.0, x=420, id=2)]
    assert due(begun(*wide), 0.6, wide, stirred) == "motion, 320 px"


def test_a_region_that_still_waits_moves_on_with_its_face():
    planner = begun(track())
    assert due(planner, 0.6, [track(x=300, seen=0.6)], stirred) == "motion, 320 px, 256x256 at 222,0"
    assert due(planner, 0.7, [track(x=330, seen=0.7)], stirred, waiting=True) == "motion, 320 px, 256x256 at 252,0"


def test_after_a_cut_a_region_that_still_waits_becomes_the_whole_picture():
    planner = begun(track())
    due(planner, 0.6, [track(seen=0.6)], stirred)
    planner.begin_anew()
    assert due(planner, 0.7, [], stirred, waiting=True) == "motion, 640 px"


def test_where_the_detector_chooses_the_size_the_whole_picture_is_searched():
    planner = ScanPlanner(replace(REGIONS, sizes=()))
    assert [due(planner, t, [track()], stirred) for t in (0.0, 0.5)] == ["first", "motion"]
    assert planner.last == Scan("motion")

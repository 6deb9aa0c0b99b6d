"""The tracks of two chunks become one where the same face goes on over the border."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import supervision as sv
from scipy.optimize import linear_sum_assignment

from db.sightings.recordings import Ongoing, Piece
from db.sightings.reports import Report
from stream.cluster.chunk_watcher import AT_THE_END, Trajectory, Watched
from stream.cluster.chunks import Chunk

SAME = 0.5  # IoU, the mean over the frames that both have seen, from which two tracks are one
OVER = ("close", "keep", "retract")


def stitched(chunk: Chunk, watched: Watched, staying: Mapping[int, Ongoing], following: Watched | None) -> Piece:
    """What is to be written of a chunk.

    Whoever was there before goes on, in place of what this chunk makes of them in the seconds before its beginning.
    Whoever left in these seconds is the one before's alone.

    Args:
        staying: who is still there from the chunk before, by the keys that they have here.
        following: what was seen in the next chunk; None where the recording ends with this one.
    """
    began = {report.key: report.given[1] for report in watched.reports if report.method == "open"}
    known = {key: one for key, one in staying.items() if key in began}
    gone = set(left_by(watched, chunk.begins)) - known.keys()
    names = {key: one.person for key, one in known.items()} | named_by(watched, AT_THE_END)
    on = {} if following is None else same(watched, names, following, chunk.ends)
    on = {later: key for later, key in on.items() if key not in gone}
    reports = [
        report
        for report in watched.reports
        if report.key not in gone and not (report.t == AT_THE_END and report.key in on.values())
    ]
    return Piece(chunk.begins, chunk.ends, list(_going_on(reports, known, chunk.begins)), on, chunk.last)


def _going_on(reports: list[Report], known: Mapping[int, Ongoing], begins: float) -> Iterator[Report]:
    """The reports, of which those of whoever was there before begin no new sighting, and tell no name anew."""
    people = {key: one.person for key, one in known.items()}
    newly_named = set[int]()
    latest = {report.key: report for report in reports if report.method == "name" and report.t < begins}
    for report in reports:
        key = report.key
        is_early = report.t < begins
        if key is None or key not in known:
            yield report
            continue
        match report.method:
            case "name":
                person = report.given[0]
                if is_early and (report is not latest[key] or person is None):
                    continue  # what the seconds before come to is known to the chunk before, but for a new name
                if person == people[key]:
                    newly_named.discard(key)
                else:
                    newly_named.add(key)
                people[key] = person
                yield report
            case "retract":  # all of the sighting, from where it began
                yield replace(report, given=(min(known[key].began, *report.given),))
            case "note" if report.given[0].event == "named":
                if key in newly_named:
                    yield report
            case "explain":  # the looks behind a name
                if key in newly_named or not is_early:
                    yield report
            case _:
                if not is_early:
                    yield report


def left_by(watched: Watched, t: float) -> Iterator[int]:
    """The keys of those who had left by a time in seconds."""
    for report in watched.reports:
        is_over = report.method in OVER or (report.method == "note" and report.given[0].event == "left")
        if report.key is not None and is_over and report.t < t:
            yield report.key


def same(before: Watched, names: Mapping[int, int | None], after: Watched, border: float) -> dict[int, int]:
    """Who of one chunk is who of the next: keys of the chunk before, by those of the one after, both there at a time.

    Args:
        names: whom those of the chunk before had been named, by ids of people.
        border: that time, in seconds.
    """
    gone = set(left_by(before, AT_THE_END))
    gone_after = set(left_by(after, border))
    tails = {key: where for key, where in before.tail.items() if key not in gone}
    heads = {key: where for key, where in after.head.items() if key not in gone_after}
    names_after = named_by(after, border)
    likeness = np.array([[_likeness(tail, head) for head in heads.values()] for tail in tails.values()])
    found = dict[int, int]()
    if not likeness.size:
        return found
    keys = list(tails)
    keys_after = list(heads)
    for row, column in zip(*linear_sum_assignment(-likeness), strict=True):
        one, other = keys[row], keys_after[column]
        people = {names.get(one), names_after.get(other)} - {None}
        if likeness[row, column] >= SAME and len(people) < 2:
            found[other] = one
    return found


def named_by(watched: Watched, t: float) -> dict[int, int | None]:
    """Whom tracks had been named by a time in seconds: ids of people, by their keys."""
    return {
        report.key: report.given[0]
        for report in watched.reports
        if report.method == "name" and report.key is not None and report.t < t
    }


def _likeness(tail: Trajectory, head: Trajectory) -> float:
    """The mean IoU of two tracks over the frames in which both were seen; 0 where there is none."""
    times = sorted(tail.keys() & head.keys())
    if not times:
        return 0.0
    one, other = (np.stack([trajectory[t] for t in times]) for trajectory in (tail, head))
    return float(np.mean(np.diag(sv.box_iou_batch(one, other))))
